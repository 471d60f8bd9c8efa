import { createHash } from 'node:crypto';
import { type HrTime, SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { BatchSpanProcessor, type ReadableSpan, type SpanExporter } from '@opentelemetry/sdk-trace';
import type { Log } from '../../../src/ports/log.ts';
import type { Span, Tracer } from '../../../src/ports/tracer.ts';

/** Where spans go, and as what they are told. */
export interface OtlpTracerOptions {
  /** Of the collector, without `/v1/traces`: `http://otel-collector:4318`. */
  readonly url: string;
  /** More headers, such as a login; never shown. */
  readonly headers: Readonly<Record<string, string>>;
  readonly version: string;
  /** Removes secrets from what is told. */
  readonly redact: (text: string) => string;
  readonly log: Log;
}

const EXPORT_MS = 10_000;
const STOP_MS = 5_000;
/** How long spans are gathered before they are sent. */
const GATHER_MS = 1_000;

/**
 * Sends spans to an OpenTelemetry collector by OTLP over HTTP. Ids come out of the run and the span's key, so that processes that
 * carry one run on tell one trace. When the collector is away, spans are dropped after the exporter's own tries.
 */
export function createOtlpTracer({ url, headers, version, redact, log }: OtlpTracerOptions): Tracer {
  const exporter = new OTLPTraceExporter({
    url: `${url.replace(/\/+$/, '')}/v1/traces`,
    headers: { ...headers },
    timeoutMillis: EXPORT_MS,
  });
  const processor = new BatchSpanProcessor({ exporter: telling(exporter, log), scheduledDelayMillis: GATHER_MS });
  const resource = resourceOf({ 'service.name': 'execfmt', 'service.version': version });
  const clean = (value: string | number | boolean) => (typeof value === 'string' ? redact(value) : value);
  return {
    record(span) {
      const attributes = Object.entries({ ...span.attributes, 'execfmt.run': span.run });
      processor.onEnd({
        ...finished(span),
        resource,
        attributes: Object.fromEntries(attributes.map(([key, value]) => [key, clean(value)])),
        status:
          span.failure === null
            ? { code: SpanStatusCode.UNSET }
            : { code: SpanStatusCode.ERROR, message: redact(span.failure) },
      });
    },
    async stop() {
      const given = new Promise<void>((done) => setTimeout(done, STOP_MS).unref());
      await Promise.race([processor.shutdown().catch(() => undefined), given]);
    },
  };
}

/** The SDK says nothing of spans that were dropped: the first time, and when it works again, the log does. */
function telling(exporter: SpanExporter, log: Log): SpanExporter {
  let works = true;
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        // ExportResultCode.SUCCESS of @opentelemetry/core, which is no dependency of ours.
        const worked = result.code === 0;
        if (works && !worked)
          log.warn(
            { error: String(result.error?.message), spans: spans.length },
            'traces could not be sent; they are dropped',
          );
        if (!works && worked) log.info({}, 'traces are sent again');
        works = worked;
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  };
}

function finished({
  run,
  key,
  parent,
  name,
  from,
  to,
}: Span): Omit<ReadableSpan, 'resource' | 'attributes' | 'status'> {
  const context = (of: string) => ({
    traceId: hexOf(run, 32),
    spanId: hexOf(`${run} ${of}`, 16),
    traceFlags: TraceFlags.SAMPLED,
  });
  const end = Math.max(from, to);
  return {
    name,
    kind: name.startsWith('probe ') ? SpanKind.CLIENT : SpanKind.INTERNAL,
    spanContext: () => context(key),
    ...(parent !== null && { parentSpanContext: context(parent) }),
    startTime: timeOf(from),
    endTime: timeOf(end),
    duration: timeOf(end - from),
    ended: true,
    links: [],
    events: [],
    instrumentationScope: { name: 'execfmt' },
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

const hexOf = (text: string, digits: number) => createHash('sha256').update(text).digest('hex').slice(0, digits);

/** Seconds and nanoseconds. */
function timeOf(ms: number): HrTime {
  const seconds = Math.floor(ms / 1000);
  return [seconds, Math.round((ms - seconds * 1000) * 1e6)];
}

function resourceOf(attributes: Readonly<Record<string, string>>): ReadableSpan['resource'] {
  return {
    asyncAttributesPending: false,
    attributes: { ...attributes },
    merge: () => resourceOf(attributes),
    getRawAttributes: () => Object.entries(attributes),
  };
}
