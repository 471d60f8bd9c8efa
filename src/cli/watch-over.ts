import { systemClock } from '../../adapters/system/clock.ts';
import { createMonitor, type Monitor } from '../app/watching/monitor.ts';
import type { Config } from '../config/config.ts';
import type { Log } from '../ports/log.ts';
import { createRedact, type Redact } from '../view/create-redact.ts';
import type { Composition } from './compose.ts';
import { estateConnections } from './connections.ts';
import { followConfig } from './follow-config.ts';
import { createWatchPages, type WatchPages } from './serve-watch.ts';
import { createTelemetry } from './telemetry.ts';

/** What the program removes from texts that are not a run's: by the patterns of the configuration that counts now. */
export interface CurrentRedact {
  readonly redact: Redact;
  follow(config: Pick<Config, 'redact'>): void;
}

export function createCurrentRedact(config: Pick<Config, 'redact'>): CurrentRedact {
  let now = createRedact(config.redact);
  return {
    redact: (text) => now(text),
    follow(next) {
      now = createRedact(next.redact);
    },
  };
}

/** Everything by which a running program is watched, and follows its configuration. */
export interface Watch {
  readonly telemetry: Awaited<ReturnType<typeof createTelemetry>>;
  readonly pages: WatchPages;
  /** Once the chats are connected. `file`: the configuration's, to be followed; null without one. */
  begin(composition: Composition, file: string | null): Promise<void>;
  /** Before the program stops: it is not ready any more. */
  end(): void;
}

/** Rejects with UsageError when a collector's headers cannot be read. */
export async function createWatch(config: Config, current: CurrentRedact, log: Log): Promise<Watch> {
  const { redact } = current;
  const telemetry = await createTelemetry(config.watch, redact, log);
  const { meter } = telemetry;
  let monitor: Monitor | null = null;
  let unfollow: (() => void) | null = null;
  const pages = createWatchPages({ watch: config.watch, metrics: meter, redact, log, monitor: () => monitor });
  return {
    telemetry,
    pages,
    async begin({ needed, reload }, file) {
      const others = estateConnections(config, log, false);
      const watching = createMonitor({ needed, others, clock: systemClock, log, meter });
      monitor = watching;
      if (file === null) return;
      const apply = async (next: Config) => {
        await reload(next);
        current.follow(next);
        watching.follow(estateConnections(next, log, false));
      };
      unfollow = await followConfig({ file, config, log, meter, apply });
    },
    end() {
      unfollow?.();
      monitor?.stop();
      monitor = null;
    },
  };
}
