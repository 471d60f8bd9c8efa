import { setTimeout as sleep } from 'node:timers/promises';
import { createImageSource } from '../../adapters/registry/oci/image-source.ts';
import type { ImageSourceOptions, RegistryOptions } from '../../adapters/registry/oci/options.ts';
import type { Answer, ProbeFailure } from '../../src/ports/answer.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Log, LogFields } from '../../src/ports/log.ts';

export const never = new AbortController().signal;

export const clock: Clock = {
  now: () => new Date(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) => sleep(ms, undefined, signal ? { signal } : {}),
  deadline: (ms, parent) => AbortSignal.any([AbortSignal.timeout(ms), ...(parent ? [parent] : [])]) as AbortSignal,
};

/** A log that keeps its lines. */
export function keepingLog(): Log & { lines: string[] } {
  const lines: string[] = [];
  const keep = (fields: LogFields, message: string) => {
    lines.push(`${message} ${JSON.stringify(fields)}`);
  };
  return { lines, debug: keep, info: keep, warn: keep, error: keep };
}

/** An image source for one registry in plain http, anonymous unless told. */
export function sourceFor(host: string, registry: RegistryOptions = {}, more: Partial<ImageSourceOptions> = {}) {
  return createImageSource({
    registries: { [host]: { plainHttp: true, ...registry } },
    dockerConfigPath: null,
    log: keepingLog(),
    clock,
    ...more,
  });
}

export function valueOf<T>(answer: Answer<T>): T {
  if (answer.kind === 'known') return answer.value;
  throw new Error(`${answer.why.code} ${answer.why.target}: ${answer.why.message}`);
}

export function failureOf(answer: Answer<unknown>): ProbeFailure {
  if (answer.kind === 'probe-failed') return answer.why;
  throw new Error('it succeeded');
}
