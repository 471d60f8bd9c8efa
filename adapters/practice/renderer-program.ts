import type { Container } from './engine/container.ts';
import type { QueueReading } from './job-queue.ts';

/** The queue as a renderer sees it. */
export interface Queue {
  attach(): () => void;
  read(): QueueReading;
}

const REPORT_EVERY_MS = 2_000;

const isRenderer = ({ config }: Container) => config.Env.some((variable) => variable.startsWith('QUEUE_URL='));

/**
 * What a running container does: one that knows the queue renders its jobs and says so now and then, any other sleeps.
 * The returned function ends it.
 */
export function runRenderer(container: Container, print: (text: string) => void, queue: Queue): () => void {
  if (!isRenderer(container)) return () => {};
  const version = container.image.config.config.Labels?.['org.opencontainers.image.version'] ?? 'unknown';
  const detach = queue.attach();
  print(`pdf-renderer ${version} is ready`);
  print('queue connected, 4 workers');
  let before = queue.read().pendingJobs;
  const timer = setInterval(() => {
    const { pendingJobs } = queue.read();
    if (pendingJobs < before) print(`rendered ${before - pendingJobs} jobs, ${pendingJobs} waiting`);
    else if (before === 0) print('queue is empty, waiting for jobs');
    before = pendingJobs;
  }, REPORT_EVERY_MS).unref();
  return () => {
    clearInterval(timer);
    detach();
  };
}
