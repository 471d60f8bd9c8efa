import { createExchange } from '../../adapters/registry/oci/exchange.ts';
import { createImageSource } from '../../adapters/registry/oci/image-source.ts';
import { createLogins } from '../../adapters/registry/oci/log-in.ts';
import { createMirrors } from '../../adapters/registry/oci/mirrors.ts';
import {
  DEFAULT_DEADLINES,
  type ImageSourceOptions,
  type RegistryOptions,
} from '../../adapters/registry/oci/options.ts';
import { createRegistryClient } from '../../adapters/registry/oci/registry-client.ts';
import { systemClock } from '../../adapters/system/clock.ts';
import type { Answer, ProbeFailure } from '../../src/playbook/answer.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Log, LogFields } from '../../src/ports/log.ts';

export const never: AbortSignal = new AbortController().signal;

/** A log that keeps its lines. */
export function keepingLog(): Log & { lines: string[] } {
  const lines: string[] = [];
  const keep = (fields: LogFields, message: string) => {
    lines.push(`${message} ${JSON.stringify(fields)}`);
  };
  return { lines, debug: keep, info: keep, warn: keep, error: keep };
}

/** The machine's time, but for pauses, which take none and are noted. */
export function hurriedClock(slept: number[] = []): Clock {
  return {
    ...systemClock,
    sleep: async (ms) => {
      slept.push(ms);
    },
  };
}

/** An image source for one registry in plain http, anonymous unless told. */
export function sourceFor(host: string, registry: RegistryOptions = {}, more: Partial<ImageSourceOptions> = {}) {
  return createImageSource({
    registries: { [host]: { plainHttp: true, ...registry } },
    dockerConfigPath: null,
    log: keepingLog(),
    clock: systemClock,
    ...more,
  });
}

/** The client below the source, anonymous and in plain http. */
export function clientFor(host: string) {
  const exchange = createExchange();
  const logins = createLogins(exchange, async function* () {}, systemClock);
  const mirrors = createMirrors({ [host]: { plainHttp: true } }, systemClock, keepingLog());
  return createRegistryClient({ exchange, logins, mirrors, clock: systemClock, deadlines: DEFAULT_DEADLINES });
}

export function expectKnown<T>(answer: Answer<T>): T {
  if (answer.kind === 'known') return answer.value;
  throw new Error(`${answer.why.code} ${answer.why.target}: ${answer.why.message}`);
}

export function expectFailure(answer: Answer<unknown>): ProbeFailure {
  if (answer.kind === 'probe-failed') return answer.why;
  throw new Error('it succeeded');
}
