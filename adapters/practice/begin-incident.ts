import type { Container } from './engine/container.ts';
import type { Engine } from './engine/engine.ts';
import { HOST_PLATFORM } from './engine/practice-host.ts';
import { pullImage } from './engine/pull-image.ts';
import { parseReference } from './engine/reference.ts';
import { awaitRestart, recordEvent } from './engine/run-container.ts';

/** The service that fails. */
export const SERVICE = 'pdf-renderer';

const TWO_HOURS_MS = 7_200_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 60_000;
/** Until the first restart that a person can watch. */
const NEXT_RESTART_MS = 2_000;

/** When the container has started and died so far, by Docker's doubling pauses. */
function pastStarts(from: number, until: number): number[] {
  const starts: number[] = [];
  for (let at = from, pause = FIRST_PAUSE_MS; at < until; at += pause, pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    starts.push(at);
  }
  return starts;
}

function createContainer(engine: Engine, image: string, createdAt: number): Container {
  const request = {
    Image: image,
    Cmd: ['/app/render'],
    Env: ['QUEUE_URL=amqp://queue.internal:5672/pdf', 'RENDER_API_KEY=rk-practice-4f9b2c7d81e6a05394bd17c2'],
    Labels: { 'com.example.team': 'documents' },
    ExposedPorts: { '8080/tcp': {} },
    HostConfig: {
      Binds: ['pdf-cache:/var/cache/render'],
      PortBindings: { '8080/tcp': [{ HostIp: '', HostPort: '8080' }] },
      RestartPolicy: { Name: 'unless-stopped', MaximumRetryCount: 0 },
    },
  };
  return engine.containers.create(request, { name: SERVICE, createdAt }).container;
}

/**
 * Puts the engine at the point where somebody is called: v3 was deployed from the registry two hours ago and has been
 * restarting since. The past is told; every start from now on is the engine's own.
 */
export async function beginIncident(engine: Engine, registry: string): Promise<void> {
  engine.clear();
  const image = `${registry}/${SERVICE}:v3`;
  for await (const _ of pullImage(engine.images, parseReference(image), HOST_PLATFORM));
  const deployedAt = engine.now() - TWO_HOURS_MS;
  const container = createContainer(engine, image, deployedAt);
  const starts = pastStarts(deployedAt, engine.now());
  for (const at of starts) {
    container.log.write({ stream: 'stderr', at, text: 'exec /app/render: exec format error' });
    recordEvent(engine.events, container, 'start', at);
    recordEvent(engine.events, container, 'die', at, { exitCode: '1' });
  }
  const last = starts.at(-1) ?? deployedAt;
  Object.assign(container.state, { startedAt: last, finishedAt: last, exitCode: 1 });
  container.restartCount = starts.length - 1;
  container.backoff = NEXT_RESTART_MS;
  awaitRestart(container, engine.containers.around);
}
