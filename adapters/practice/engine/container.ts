import type { ContainerConfig, EndpointSettings, HostConfig, MountPoint } from './container-config.ts';
import type { ContainerLog } from './container-log.ts';
import type { StoredImage } from './image-store.ts';

/** Times are in milliseconds since 1970, null when it never happened. `running` is true while it waits for a restart too, as in Docker. */
export interface ContainerState {
  running: boolean;
  restarting: boolean;
  pid: number;
  exitCode: number;
  error: string;
  startedAt: number | null;
  finishedAt: number | null;
}

/** A container of the practice engine. */
export interface Container {
  readonly id: string;
  name: string;
  readonly createdAt: number;
  readonly image: StoredImage;
  readonly config: ContainerConfig;
  readonly hostConfig: HostConfig;
  readonly mounts: readonly MountPoint[];
  readonly networks: Record<string, EndpointSettings>;
  readonly log: ContainerLog;
  readonly state: ContainerState;
  restartCount: number;
  /** The pause before the next restart, in milliseconds; 0 before the first. */
  backoff: number;
  stoppedByHand: boolean;
  /** Ends what goes on now: the waiting for a restart, or the running program. */
  cease: () => void;
}

/** `State.Status`, from the same fields as Docker derives it. */
export function statusOf({ running, restarting, startedAt }: ContainerState): string {
  if (restarting) return 'restarting';
  if (running) return 'running';
  return startedAt === null ? 'created' : 'exited';
}

/** Whether its program runs, and is not merely awaiting its restart. */
export function isAlive({ state }: Container): boolean {
  return state.running && !state.restarting;
}

/** Entrypoint and command together. */
export function argvOf({ config }: Container): string[] {
  return [...(config.Entrypoint ?? []), ...(config.Cmd ?? [])];
}
