import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, openSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createScratchFolder, isAlive, markOf, type ProcessMark, removeLabFolder } from '../lab-folder.ts';
import { childrenOf, removeCgroup, waitUntil } from '../private-engine.ts';
import { lastLines, waitFor } from '../waiting.ts';
import type { ControlPlane } from './control-plane.ts';
import { freePorts } from './daemon.ts';
import { createKubeletCgroup } from './kubelet-cgroup.ts';
import type { PodNetwork } from './pod-network.ts';
import { programPath } from './programs.ts';

/** A real node: a kubelet on a containerd of its own. */
export interface RealNode {
  /** The API server reaches its kubelet under this name, so on the loopback interface only. */
  readonly name: 'localhost';
  /** Gives it the images of an archive of `docker save`, under the names that they have there. */
  importImages(archive: Readable): Promise<void>;
  /** Ends it with everything that it started. Repeatable. */
  stop(): void;
}

const IMPORT_MS = 300_000;

/** What the kubelet would set for the whole machine. In here it writes into files of its own that lie above them. */
const TUNABLES: Readonly<Record<string, string>> = {
  'vm/overcommit_memory': '1',
  'vm/panic_on_oom': '0',
  'kernel/panic': '10',
  'kernel/panic_on_oops': '1',
  'kernel/keys/root_maxkeys': '1000000',
  'kernel/keys/root_maxbytes': '25000000',
};

/**
 * Both live in PID and mount namespaces of their own under a shell as their init: when that is killed the kernel kills
 * kubelet, containerd, the shims and all containers, and drops every mount. The folders whose place neither lets us
 * choose are hidden below a tmpfs.
 */
const INIT = `
for folder in /run/containerd /var/lib/kubelet /var/log; do mkdir -p $folder && mount -t tmpfs -o mode=711 tmpfs $folder || exit 1; done
for name in ${Object.keys(TUNABLES).join(' ')}; do mount --bind "$1/tunables/$name" "/proc/sys/$name" || exit 1; done
containerd --config "$1/containerd.toml" >"$1/containerd.log" 2>&1 &
for attempt in $(seq 600); do [ -S "$1/containerd.sock" ] && break; sleep 0.1; done
"$2" --config "$1/kubelet.json" --kubeconfig "$3" --hostname-override localhost --root-dir "$1/kubelet" --cert-dir "$1/pki" &
wait $!`;
const ISOLATION = ['--pdeathsig', 'KILL', 'unshare', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];

/** Network plugins that do nothing: the lab's pods talk to nobody. */
const NO_NETWORK = `#!/bin/sh
cat >/dev/null
[ "$CNI_COMMAND" = VERSION ] && exec echo '{"cniVersion":"0.4.0","supportedVersions":["0.3.1","0.4.0"]}'
[ "$CNI_COMMAND" = ADD ] && echo '{"cniVersion":"0.4.0","interfaces":[{"name":"'"$CNI_IFNAME"'","sandbox":"'"$CNI_NETNS"'"}],"ips":[{"version":"4","interface":0,"address":"10.255.0.2/32"}],"dns":{}}'
exit 0
`;

export interface RealNodeOptions {
  /** Where pods have real addresses; without it they talk to nobody. */
  readonly network?: PodNetwork;
  /** Registries (`host:port`) that are asked without TLS; those of the loopback interface always are. */
  readonly plainHttp?: readonly string[];
}

/** Starts one and resolves when its node is ready; `pause` is an image that does nothing, for the pods' sandboxes. Needs root. */
export async function startRealNode(
  plane: ControlPlane,
  pause: string,
  options: RealNodeOptions = {},
): Promise<RealNode> {
  const kubelet = await programPath('kubelet');
  const folder = createScratchFolder('kubelet');
  const cgroup = createKubeletCgroup();
  const [port = 0] = await freePorts(1);
  writeNetwork(folder, options);
  writeFiles(folder, cgroup, port, pause);
  const log = openSync(join(folder, 'kubelet.log'), 'a');
  const args = ['sh', '-c', INIT, 'init', folder, kubelet, plane.kubeconfig('admin')];
  const wrapper: ChildProcess = spawn('setpriv', [...ISOLATION, ...args], {
    stdio: ['ignore', log, log],
    detached: true,
  });
  let init: ProcessMark | null = null;
  const stop = () => {
    if (init && isAlive(init)) process.kill(init.pid, 'SIGKILL');
    else wrapper.kill('SIGKILL');
    const living = init;
    if (living && !waitUntil(() => !isAlive(living), 20_000))
      throw new Error(`The lab's kubelet (pid ${living.pid}) does not die.`);
    removeCgroup(cgroup);
    removeLabFolder(folder);
  };
  const evidence = () =>
    ['kubelet', 'containerd'].map((name) => `${name}:\n${lastLines(join(folder, `${name}.log`))}`).join('\n');
  try {
    init = await waitFor(
      'the node to start',
      10_000,
      async () => markOf(childrenOf(wrapper.pid ?? -1)[0] ?? -1),
      evidence,
    );
    await waitFor(
      'the node to be ready',
      120_000,
      async () => {
        if (wrapper.exitCode !== null) throw new Error(`The kubelet has ended. ${evidence()}`);
        const node = await plane.admin.get<NodeStatus>('/api/v1/nodes/localhost');
        return node?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') || null;
      },
      evidence,
    );
    return { name: 'localhost', importImages: (archive) => importImages(folder, archive), stop };
  } catch (error) {
    stop();
    throw error;
  }
}

interface NodeStatus {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

function writeFiles(folder: string, cgroup: string, port: number, pause: string): void {
  for (const name of ['static', 'tunables/vm', 'tunables/kernel/keys', 'pods']) {
    mkdirSync(join(folder, name), { recursive: true });
  }
  for (const [name, value] of Object.entries(TUNABLES)) writeFileSync(join(folder, 'tunables', name), `${value}\n`);
  writeFileSync(join(folder, 'containerd.toml'), containerdConfig(folder, pause));
  writeFileSync(join(folder, 'kubelet.json'), JSON.stringify(kubeletConfig(folder, cgroup, port)));
}

function writeNetwork(folder: string, { network, plainHttp = [] }: RealNodeOptions): void {
  mkdirSync(join(folder, 'cni-conf'));
  if (network) symlinkSync(network.plugins, join(folder, 'cni-bin'));
  else mkdirSync(join(folder, 'cni-bin'));
  for (const name of network ? [] : ['loopback', 'nothing']) {
    writeFileSync(join(folder, 'cni-bin', name), NO_NETWORK);
    chmodSync(join(folder, 'cni-bin', name), 0o755);
  }
  const conflist = network?.conflist ?? { cniVersion: '0.4.0', name: 'lab', plugins: [{ type: 'nothing' }] };
  writeFileSync(join(folder, 'cni-conf/10-lab.conflist'), JSON.stringify(conflist));
  for (const registry of plainHttp) {
    mkdirSync(join(folder, 'registries', registry), { recursive: true });
    // containerd 1.6 refuses a file without a `host`.
    const hosts = `server = "http://${registry}"\n[host."http://${registry}"]\n  capabilities = ["pull", "resolve"]\n`;
    writeFileSync(join(folder, 'registries', registry, 'hosts.toml'), hosts);
  }
}

/** By containerd's own client, into the namespace that is the kubelet's. */
async function importImages(folder: string, archive: Readable): Promise<void> {
  const words = ['--address', join(folder, 'containerd.sock'), '--namespace', 'k8s.io', 'images', 'import', '-'];
  let fed = Promise.resolve();
  await new Promise<void>((done, fail) => {
    const child = execFile('ctr', words, { timeout: IMPORT_MS }, (error, _, stderr) =>
      error ? fail(new Error(`containerd took no image: ${stderr}`, { cause: error })) : done(),
    );
    // When it ends early, its own words say why; the broken pipe does not.
    if (child.stdin) fed = pipeline(archive, child.stdin).catch(() => {});
  });
  await fed;
}

const containerdConfig = (folder: string, pause: string) => `version = 2
root = "${folder}/containerd"
state = "${folder}/containerd-state"
disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.internal.v1.opt"]
[grpc]
  address = "${folder}/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${pause}"
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "${folder}/cni-bin"
    conf_dir = "${folder}/cni-conf"
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "${existsSync(join(folder, 'registries')) ? join(folder, 'registries') : ''}"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
`;

const kubeletConfig = (folder: string, cgroup: string, port: number) => ({
  apiVersion: 'kubelet.config.k8s.io/v1beta1',
  kind: 'KubeletConfiguration',
  address: '127.0.0.1',
  port,
  readOnlyPort: 0,
  healthzPort: 0,
  // Only the loopback interface reaches it, and nothing but the lab knows it.
  authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
  authorization: { mode: 'AlwaysAllow' },
  containerRuntimeEndpoint: `unix://${folder}/containerd.sock`,
  cgroupDriver: 'cgroupfs',
  cgroupRoot: `/${cgroup}`,
  enforceNodeAllocatable: ['pods'],
  failSwapOn: false,
  failCgroupV1: false,
  makeIPTablesUtilChains: false,
  staticPodPath: '',
  podLogsDir: `${folder}/pods`,
  registerNode: true,
  evictionHard: {
    'memory.available': '1Mi',
    'nodefs.available': '0%',
    'imagefs.available': '0%',
    'nodefs.inodesFree': '0%',
  },
  imageGCHighThresholdPercent: 100,
  imageGCLowThresholdPercent: 99,
  syncFrequency: '2s',
  logging: { verbosity: 2 },
});
