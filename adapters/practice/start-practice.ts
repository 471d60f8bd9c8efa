import { beginIncident, SERVICE } from './begin-incident.ts';
import { createEngine } from './engine/engine.ts';
import { serveEngine } from './engine/serve-engine.ts';
import { buildIncidentImages } from './incident-images.ts';
import { JobQueue } from './job-queue.ts';
import type { LoopbackServer } from './listen-on-loopback.ts';
import { serveMetrics } from './metrics.ts';
import { serveRegistry } from './registry.ts';
import { runRenderer } from './renderer-program.ts';

/** How the practice incident is run. */
export interface PracticeOptions {
  /** In how many seconds the queue is empty once the renderer works; 90 when not given. */
  readonly drainSeconds?: number;
  /** Milliseconds since 1970; the machine's clock when not given. */
  now?(): number;
  /** Of 127.0.0.1; free ones when not given. */
  readonly ports?: { readonly engine: number; readonly registry: number; readonly metrics: number };
}

/** The running practice incident. All addresses are on 127.0.0.1. */
export interface Practice {
  /** `tcp://127.0.0.1:port`, which speaks the Docker Engine API. */
  readonly engine: string;
  /** `127.0.0.1:port`, which serves images over plain HTTP. */
  readonly registry: string;
  /** `http://127.0.0.1:port/metrics` */
  readonly metrics: string;
  readonly service: 'pdf-renderer';
  readonly host: 'practice-01';
  /** Puts everything back to the beginning of the incident; the addresses stay. */
  reset(): Promise<void>;
  /** Ends every server, timer and connection. */
  stop(): Promise<void>;
}

const HOST = 'practice-01';
const DRAIN_SECONDS = 90;

/** Starts the practice incident: a host whose pdf-renderer restarts for ever, its registry, and the queue's metrics page. */
export async function startPractice(options: PracticeOptions = {}): Promise<Practice> {
  const now = () => options.now?.() ?? Date.now();
  const newQueue = () => new JobQueue({ now, drainSeconds: options.drainSeconds ?? DRAIN_SECONDS });
  let queue = newQueue();
  const engine = createEngine({
    hostName: HOST,
    now,
    program: (container, print) => runRenderer(container, print, queue),
  });
  const servers: LoopbackServer[] = [];
  const started = async (server: Promise<LoopbackServer>) => {
    servers.push(await server);
    return (await server).address;
  };
  const stop = async () => {
    engine.clear();
    await Promise.all(servers.splice(0).map((server) => server.close()));
  };
  try {
    const { v2, v3 } = await buildIncidentImages(now());
    const registry = await started(serveRegistry({ [SERVICE]: { v2, v3 } }, options.ports?.registry));
    await beginIncident(engine, registry);
    return {
      engine: `tcp://${await started(serveEngine(engine, options.ports?.engine))}`,
      registry,
      metrics: `http://${await started(serveMetrics(() => queue.read(), options.ports?.metrics))}/metrics`,
      service: SERVICE,
      host: HOST,
      reset: async () => {
        engine.clear();
        queue = newQueue();
        await beginIncident(engine, registry);
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
