import { type Container, isAlive } from './container.ts';
import { EngineError } from './engine-error.ts';
import type { EventLog } from './event-log.ts';
import { type StartOutcome, startOutcomeOf } from './start-outcome.ts';

/** What a running program does that the engine itself cannot know: it may write lines, until the returned function ends it. */
export type Program = (container: Container, print: (text: string) => void) => () => void;

/** What running containers need from around them. `now` is in milliseconds since 1970. */
export interface Surroundings {
  readonly now: () => number;
  readonly events: EventLog;
  readonly program: Program;
  /** The containers that might hold a port. */
  readonly all: () => Iterable<Container>;
}

/** Docker's first pause before a restart, doubled each time (restartmanager.go). */
const FIRST_BACKOFF_MS = 100;
/** Docker's longest pause is a minute; in practice nobody shall wait that long. */
const LONGEST_BACKOFF_MS = 10_000;

/** Records what happened to a container, with its labels, as Docker does. */
export function recordEvent(events: EventLog, container: Container, action: string, at: number, extra = {}): void {
  const { id, name, config } = container;
  const attributes = { ...config.Labels, ...extra, image: config.Image, name };
  events.record({ type: 'container', action, id, from: config.Image, attributes, at });
}

const portsOf = ({ hostConfig }: Container) =>
  Object.values(hostConfig.PortBindings).flatMap((bindings) => (bindings ?? []).map(({ HostPort }) => HostPort));

function refuseTakenPorts(container: Container, all: Iterable<Container>): void {
  const wanted = new Set(portsOf(container).filter((port) => port));
  for (const other of all) {
    const taken = other !== container && isAlive(other) ? portsOf(other).find((port) => wanted.has(port)) : undefined;
    if (taken === undefined) continue;
    throw new EngineError(
      500,
      `driver failed programming external connectivity on endpoint ${container.name}: Bind for 0.0.0.0:${taken} failed: port is already allocated`,
    );
  }
}

function wantsRestart({ hostConfig, state, restartCount, stoppedByHand }: Container): boolean {
  const { Name, MaximumRetryCount } = hostConfig.RestartPolicy;
  if (stoppedByHand) return false;
  if (Name === 'always' || Name === 'unless-stopped') return true;
  return Name === 'on-failure' && state.exitCode !== 0 && (MaximumRetryCount === 0 || restartCount < MaximumRetryCount);
}

/** Starts the container's program if the kernel would; throws EngineError when the engine or the runtime refuses, and leaves it stopped. */
export function launch(container: Container, around: Surroundings): void {
  const { state } = container;
  try {
    refuseTakenPorts(container, around.all());
    run(container, startOutcomeOf(container), around);
  } catch (error) {
    if (error instanceof EngineError) {
      Object.assign(state, {
        running: false,
        restarting: false,
        exitCode: state.exitCode || 128,
        error: error.message,
      });
    }
    throw error;
  }
}

function run(container: Container, outcome: StartOutcome, around: Surroundings): void {
  const { state } = container;
  if (outcome.kind === 'refused') {
    state.exitCode = outcome.exitCode;
    throw new EngineError(outcome.status, outcome.message);
  }
  const at = around.now();
  const pid = 4_000 + (Number.parseInt(container.id.slice(0, 4), 16) % 20_000) + container.restartCount;
  Object.assign(state, { running: true, restarting: false, pid, exitCode: 0, error: '', startedAt: at });
  recordEvent(around.events, container, 'start', at);
  if (outcome.kind === 'runs') {
    container.cease = around.program(container, (text) => {
      container.log.write({ stream: 'stdout', at: around.now(), text });
    });
    return;
  }
  if (outcome.line !== null) container.log.write({ stream: 'stderr', at, text: outcome.line });
  died(container, outcome.exitCode, around);
}

function died(container: Container, exitCode: number, around: Surroundings): void {
  const { state } = container;
  const at = around.now();
  Object.assign(state, { running: false, pid: 0, exitCode, finishedAt: at });
  recordEvent(around.events, container, 'die', at, { exitCode: String(exitCode) });
  if (!wantsRestart(container)) return;
  container.backoff = Math.min(container.backoff * 2 || FIRST_BACKOFF_MS, LONGEST_BACKOFF_MS);
  awaitRestart(container, around);
}

/** Lets a container wait for its next start; its pause is `backoff`. */
export function awaitRestart(container: Container, around: Surroundings): void {
  container.restartCount += 1;
  Object.assign(container.state, { running: true, restarting: true });
  const timer = setTimeout(() => {
    container.cease = () => {};
    try {
      launch(container, around);
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
    }
  }, container.backoff).unref();
  container.cease = () => clearTimeout(timer);
}

/** Ends the program, or the waiting for a restart, and leaves the container stopped. */
export function halt(container: Container, around: Surroundings): void {
  const alive = isAlive(container);
  container.stoppedByHand = true;
  container.cease();
  container.cease = () => {};
  const at = around.now();
  Object.assign(container.state, { running: false, restarting: false, pid: 0 });
  if (alive) {
    Object.assign(container.state, { exitCode: 0, finishedAt: at });
    recordEvent(around.events, container, 'kill', at, { signal: '15' });
    recordEvent(around.events, container, 'die', at, { exitCode: '0' });
  }
  recordEvent(around.events, container, 'stop', at);
}
