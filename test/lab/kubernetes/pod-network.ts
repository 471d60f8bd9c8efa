import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { debianPackage } from '../debian-package.ts';
import { claimNetwork, type EngineNetwork, releaseNetwork } from '../engine-network.ts';
import { abandonedFolders, createLabFolder, removeLabFolder } from '../lab-folder.ts';

const KIND = 'podnet';

/** Addresses for pods and services that nobody else on this machine uses, and the ways out of there. */
export interface PodNetwork {
  /** Of the API server's `--service-cluster-ip-range`. */
  readonly serviceRange: string;
  /** This machine as pods reach it. */
  readonly gateway: string;
  /** The API server as pods are told to reach it: the first address of the range, port 443. */
  readonly apiServer: string;
  /** Folder of network plugins (CNI), and the list of them for its configuration. */
  readonly plugins: string;
  readonly conflist: object;
  /** What connects to a port of an address here comes to a port of 127.0.0.1, until the end. */
  forward(address: string, port: number, to: number): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Makes a bridge on which pods have addresses, by Debian's network plugins. There is no way into the internet, no
 * iptables and no sysctl: without `isGateway` the plugin leaves ip_forward alone. Services have no addresses of their own
 * (there is no kube-proxy) but the API server's. Needs root.
 */
export async function openPodNetwork(): Promise<PodNetwork> {
  for (const abandoned of abandonedFolders(KIND)) dismantle(abandoned);
  const plugins = await debianPackage(
    'containernetworking-plugins',
    'bookworm',
    process.arch === 'arm64' ? 'arm64' : 'amd64',
  );
  const folder = createLabFolder(KIND);
  const network = claimNetwork();
  writeFileSync(join(folder, 'network.json'), JSON.stringify(network));
  const [a, b, c] = network.pool.split('.').map(Number) as [number, number, number];
  const gateway = `${a}.${b}.${c}.1`;
  const apiServer = `${a}.${b}.${c + 1}.1`;
  const forwards: Forward[] = [];
  const stop = async () => {
    for (const forward of forwards) await end(forward);
    dismantle(folder);
  };
  const { status } = spawnSync('ip', ['address', 'add', `${apiServer}/32`, 'dev', network.bridge]);
  if (status !== 0) {
    await stop();
    throw new Error(`${apiServer} could not be given to ${network.bridge}.`);
  }
  return {
    serviceRange: `${a}.${b}.${c + 1}.0/24`,
    gateway,
    apiServer,
    plugins: join(plugins, 'usr/lib/cni'),
    conflist: conflist(network.bridge, `${a}.${b}.${c}.0/24`, gateway, join(folder, 'leases')),
    async forward(address, port, to) {
      forwards.push(await begin(address, port, to));
    },
    stop,
  };
}

const conflist = (bridge: string, subnet: string, gateway: string, dataDir: string) => ({
  cniVersion: '0.4.0',
  name: 'lab',
  plugins: [
    {
      type: 'bridge',
      bridge,
      isGateway: false,
      ipMasq: false,
      ipam: {
        type: 'host-local',
        ranges: [[{ subnet, gateway }]],
        routes: [{ dst: '0.0.0.0/0', gw: gateway }],
        dataDir,
      },
    },
  ],
});

interface Forward {
  readonly server: Server;
  readonly sockets: Set<Socket>;
}

async function begin(address: string, port: number, to: number): Promise<Forward> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket, other: Socket) => {
    sockets.add(socket);
    socket.on('error', () => other.destroy());
    socket.on('close', () => {
      sockets.delete(socket);
      other.destroy();
    });
  };
  const server = createServer((from) => {
    const onward = connect(to, '127.0.0.1');
    keep(from, onward);
    keep(onward, from);
    from.pipe(onward).pipe(from);
  });
  await new Promise<void>((done, fail) => {
    server.once('error', fail);
    server.listen(port, address, done);
  });
  return { server, sockets };
}

async function end({ server, sockets }: Forward): Promise<void> {
  const closed = new Promise((done) => server.close(done));
  for (const socket of sockets) socket.destroy();
  await closed;
}

/** Also what a killed run left. */
function dismantle(folder: string): void {
  try {
    releaseNetwork(JSON.parse(readFileSync(join(folder, 'network.json'), 'utf8')) as EngineNetwork);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  removeLabFolder(folder);
}
