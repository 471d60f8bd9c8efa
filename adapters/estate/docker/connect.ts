import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { inspect } from 'node:util';
import Docker from 'dockerode';
import { SshAgent } from './ssh-agent.ts';

/** Where an engine is, as the configuration says. `tls` is for `tcp://` only; without it `tcp://` is plain HTTP. */
export interface ConnectOptions {
  /** `unix:///var/run/docker.sock`, `tcp://host:port`, `ssh://[user@]host[:port]` */
  readonly docker: string;
  readonly tls?: { readonly ca: Buffer | string; readonly cert: Buffer | string; readonly key: Buffer | string };
}

/** Nothing that begins with `-` passes, so neither can be taken for an option of ssh. */
const HOST = /^(?:[A-Za-z0-9_][A-Za-z0-9._-]{0,252}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*)$/;
const USER = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$/;
const FORMS = 'unix:///var/run/docker.sock, tcp://host:2376 or ssh://user@host';

/**
 * A client for one engine; it connects at the first call. What DOCKER_HOST and its like say has no influence. Throws an
 * Error with a sentence for the configuration's author when the address cannot be one.
 */
export function connect(options: ConnectOptions): Docker {
  const { docker, tls } = options;
  if (tls && !docker.startsWith('tcp://')) throw new Error(`tls is for tcp:// only, not for ${docker}`);
  if (docker.startsWith('unix://')) return overSocket(docker);
  if (docker.startsWith('tcp://')) return overTcp(docker, tls);
  if (docker.startsWith('ssh://')) return overSsh(docker);
  throw new Error(`${docker} is no address of a Docker engine: use ${FORMS}`);
}

/** dockerode fills whatever is missing from the environment (DOCKER_HOST, DOCKER_CERT_PATH …): so nothing is missing. */
const BASE = { host: '', protocol: 'http', pathPrefix: '/', timeout: 0, connectionTimeout: 0, username: '' } as const;

/**
 * docker-modem knows `agent`; its types do not. At each request it describes all that it sends with, for a debug line that hardly
 * anybody reads: the agent with all its sockets and their requests would take more time than the request.
 */
function client(options: Docker.DockerOptions & { agent: HttpAgent }): Docker {
  Object.defineProperty(options.agent, inspect.custom, { value: () => 'Agent' });
  return new Docker({ ...BASE, ...options });
}

function overSocket(address: string): Docker {
  const socketPath = address.slice('unix://'.length);
  if (!socketPath.startsWith('/')) throw new Error(`${address}: a socket's path is absolute, as in ${FORMS}`);
  return client({ socketPath, agent: new HttpAgent({ keepAlive: false }) });
}

function overTcp(address: string, tls: ConnectOptions['tls']): Docker {
  const { hostname, port } = parse(address, 'tcp:');
  if (port === null) throw new Error(`${address} needs a port, as in tcp://host:2376`);
  const at = { host: hostname, port };
  if (!tls) return client({ ...at, agent: new HttpAgent({ keepAlive: false }) });
  return client({ ...at, ...tls, protocol: 'https', agent: new HttpsAgent({ keepAlive: false, ...tls }) });
}

function overSsh(address: string): Docker {
  const { hostname, port, username } = parse(address, 'ssh:');
  if (username !== '' && !USER.test(username)) throw new Error(`${address}: that cannot be a user's name`);
  const agent = new SshAgent({ host: hostname, user: username === '' ? null : username, port });
  // The name is only for the Host header: the connection is the agent's.
  return client({ host: 'docker', port: 80, agent });
}

function parse(address: string, scheme: string): { hostname: string; port: number | null; username: string } {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    throw new Error(`${address} is no address of a Docker engine: use ${FORMS}`);
  }
  const hostname = url.hostname.replace(/^\[(.*)\]$/, '$1');
  if (!HOST.test(hostname)) throw new Error(`${address}: that cannot be a host's name`);
  if (url.password !== '')
    throw new Error(`the address of ${hostname} holds a password: use a key and ssh's own agent`);
  const extra = url.pathname.replace('/', '') || url.search || url.hash || (scheme === 'tcp:' && url.username);
  if (extra) throw new Error(`${hostname}: only a host and a port can follow ${scheme}//`);
  return { hostname, port: url.port === '' ? null : Number(url.port), username: url.username };
}
