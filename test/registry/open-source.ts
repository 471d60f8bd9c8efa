import { createImageSource } from '../../adapters/registry/oci/image-source.ts';
import type { ImageSourceOptions, RegistryOptions } from '../../adapters/registry/oci/options.ts';
import { systemClock } from '../../adapters/system/clock.ts';
import type { Answer, ProbeFailure } from '../../src/playbook/answer.ts';
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

export function expectKnown<T>(answer: Answer<T>): T {
  if (answer.kind === 'known') return answer.value;
  throw new Error(`${answer.why.code} ${answer.why.target}: ${answer.why.message}`);
}

export function expectFailure(answer: Answer<unknown>): ProbeFailure {
  if (answer.kind === 'probe-failed') return answer.why;
  throw new Error('it succeeded');
}
