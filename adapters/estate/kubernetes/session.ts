import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent, type RequestOptions } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import { asObject } from '../../../src/image/json-values.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import { estateFailure } from '../../../src/ports/estate-failure.ts';
import { runExecPlugin } from './run-exec-plugin.ts';

/** Where a cluster is. Both null: the usual kubeconfig, else the service account of the pod that this runs in. */
export interface ClusterAddress {
  readonly name: string;
  readonly kubeconfig: string | null;
  readonly context: string | null;
}

/** How to reach one API server as somebody. */
export interface Session {
  readonly server: URL;
  /** Of the context; null when it names none. */
  readonly namespace: string | null;
  /** Options of node:https with agent and headers; read anew for each request, as tokens are rotated in their files. */
  options(): Promise<RequestOptions>;
}

/** A plugin that asks a person something would wait for ever. */
const PLUGIN_MS = 15_000;
/** A token that ends in a moment is not worth a request. */
const EARLY_MS = 10_000;
/** What client-node falls back to when there is no configuration at all. */
const NOWHERE = 'http://localhost:8080';

/** Of one cluster at a time; the API server's own fairness does the rest. */
const pool = { keepAlive: true, maxSockets: 16 };

/** Gives the session of a cluster, and a new one when its credentials have expired or `renew` was called. */
export interface Sessions {
  current(signal: AbortSignal): Promise<Session>;
  /** After a 401: the kubeconfig is read again and a plugin asked again. */
  renew(): void;
}

/** Sessions are opened at the first question, so that a broken kubeconfig is a finding like any other. */
export function createSessions(address: ClusterAddress, clock: Clock): Sessions {
  let open: Promise<Opened> | null = null;
  return {
    async current(signal) {
      const opening = open;
      const had = opening === null ? null : await opening.catch(() => null);
      if (had && (had.expiresAt === null || had.expiresAt - EARLY_MS > clock.now().getTime())) return had;
      // Of several that wait, one opens the next session and the others share it: a plugin is asked once.
      if (open === null || open === opening) open = openSession(address, clock, signal);
      return open;
    },
    renew() {
      open = null;
    },
  };
}

type Opened = Session & { readonly expiresAt: number | null };

async function openSession(address: ClusterAddress, clock: Clock, signal: AbortSignal): Promise<Opened> {
  const target = `cluster ${address.name}`;
  const config = await load(address, target);
  const cluster = config.getCurrentCluster();
  if (!cluster || cluster.server === NOWHERE) {
    const message = 'there is no kubeconfig and this runs in no pod: set kubeconfig for this cluster';
    throw estateFailure(target, 'unsupported', message);
  }
  const expiresAt = await applyPlugin(config, address, target, clock, signal);
  const options = async () => {
    const applied: RequestOptions = {};
    try {
      await config.applyToHTTPSOptions(applied);
    } catch (error) {
      throw estateFailure(target, 'denied', 'the credentials that the kubeconfig names cannot be read', error);
    }
    return applied;
  };
  const { ca, cert, key, rejectUnauthorized, servername, agent } = await options();
  const secure = { ca, cert, key, rejectUnauthorized, servername };
  const server = new URL(cluster.server);
  const plain = server.protocol === 'http:';
  const own = plain ? new HttpAgent(pool) : new HttpsAgent({ ...pool, ...defined(secure) });
  return {
    server,
    namespace: config.getContextObject(config.getCurrentContext())?.namespace ?? null,
    expiresAt,
    options: async () => ({ ...(await options()), agent: cluster.proxyUrl ? agent : own }),
  };
}

/** client-node is large: it is loaded only where a cluster is asked something. That can take a second, on a busy machine more. */
export const loadClient = () => import('@kubernetes/client-node');

async function load({ kubeconfig, context }: ClusterAddress, target: string): Promise<KubeConfig> {
  const { KubeConfig } = await loadClient();
  const config = new KubeConfig();
  try {
    if (kubeconfig === null) config.loadFromDefault();
    else config.loadFromFile(kubeconfig);
  } catch (error) {
    const where = kubeconfig ?? 'the usual kubeconfig';
    throw estateFailure(target, 'invalid', `${where} cannot be read, or is no kubeconfig`, error);
  }
  if (context === null) return config;
  if (config.getContextObject(context) === null) {
    const known = config.getContexts().map(({ name }) => name);
    throw estateFailure(
      target,
      'invalid',
      `the kubeconfig has no context ${context}; it has ${known.join(', ') || 'none'}`,
    );
  }
  config.setCurrentContext(context);
  return config;
}

/**
 * Puts what an exec plugin gives in its place: client-node would run it without a deadline. Gives when that expires,
 * null when it does not or there is no plugin.
 */
async function applyPlugin(
  config: KubeConfig,
  address: ClusterAddress,
  target: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<number | null> {
  const user = config.getCurrentUser();
  const exec = asObject(user?.exec);
  if (!user || exec === null) return null;
  const { token, certificate, key, expiresAt } = await runExecPlugin(
    target,
    exec,
    address.kubeconfig,
    clock.deadline(PLUGIN_MS, signal),
  );
  const pem = (text: string | null) => (text === null ? null : Buffer.from(text).toString('base64'));
  const { exec: _plugin, ...rest } = user;
  const resolved = defined({
    token: token ?? undefined,
    certData: pem(certificate) ?? undefined,
    keyData: pem(key) ?? undefined,
  });
  config.users = config.users.map((one) => (one.name === user.name ? { ...rest, ...resolved } : one));
  return expiresAt;
}

function defined<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}
