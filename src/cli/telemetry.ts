import { readSecret } from '../../adapters/system/read-secret.ts';
import { createPrometheusMeter, type PrometheusMeter } from '../../adapters/telemetry/prometheus/meter.ts';
import type { WatchConfig } from '../config/config.ts';
import type { Log } from '../ports/log.ts';
import { noTracer, type Tracer } from '../ports/tracer.ts';
import type { Redact } from '../view/create-redact.ts';
import { UsageError } from './exit-status.ts';
import { VERSION } from './version.ts';

/** The numbers, and the traces where a collector is configured. Rejects with UsageError when its headers cannot be read. */
export async function createTelemetry(
  { traces }: WatchConfig,
  redact: Redact,
  log: Log,
): Promise<{ readonly meter: PrometheusMeter; readonly tracer: Tracer }> {
  const meter = createPrometheusMeter(VERSION);
  if (traces === null) return { meter, tracer: noTracer };
  const read = traces.headers && (await readSecret(traces.headers, process.env));
  if (read?.kind === 'probe-failed') throw new UsageError(`watch.traces: ${read.why.message}`);
  const headers = parseHeaders(read?.value ?? '');
  // Large, and of no use to most.
  const { createOtlpTracer } = await import('../../adapters/telemetry/otlp/tracer.ts');
  return { meter, tracer: createOtlpTracer({ url: traces.otlp, headers, version: VERSION, redact, log }) };
}

/**
 * `name=value,name=value`, values percent-encoded, as OTEL_EXPORTER_OTLP_HEADERS has them (OpenTelemetry, "Protocol Exporter"). Throws
 * UsageError, which never repeats a value: it is a secret.
 */
export function parseHeaders(text: string): Readonly<Record<string, string>> {
  const pairs = text.split(',').filter((pair) => pair.trim() !== '');
  return Object.fromEntries(
    pairs.map((pair, index) => {
      const at = pair.indexOf('=');
      const name = pair.slice(0, at).trim();
      const value = decoded(pair.slice(at + 1).trim());
      if (at > 0 && /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) && value !== null) return [name.toLowerCase(), value];
      throw new UsageError(`watch.traces: header ${index + 1} is not name=value (what is not ASCII percent-encoded).`);
    }),
  );
}

function decoded(value: string): string | null {
  try {
    const text = decodeURIComponent(value);
    return /^[\x20-\x7e]*$/.test(text) ? text : null;
  } catch {
    return null;
  }
}
