import { afterEach, expect, it } from 'vitest';
import { createOtlpTracer } from '../../adapters/telemetry/otlp/tracer.ts';
import type { Span } from '../../src/ports/tracer.ts';
import { redact } from '../../src/view/redact.ts';
import { waitFor } from '../lab/waiting.ts';
import { type Collector, startCollector } from '../servers/otlp/start-collector.ts';

let collector: Collector | null = null;
afterEach(() => collector?.close());

const span = (set: Partial<Span> = {}): Span => ({
  ...{ run: 'r-7k2m9x', key: 'run', parent: null, name: 'run', from: 1_000.25, to: 2_500, failure: null },
  attributes: { instances: 2, practice: false, who: 'pdf-renderer' },
  ...set,
});

const lines: string[] = [];
const say = (fields: object, message: string) => lines.push(`${message} ${JSON.stringify(fields)}`);
const log = { debug: say, info: say, warn: say, error: say };

async function start(token: string | null = null) {
  collector = await startCollector(token);
  const headers = token === null ? {} : { authorization: `Bearer ${token}` };
  const tracer = createOtlpTracer({ url: `${collector.url}/`, headers, version: '1.2.3', redact, log });
  return { collector, tracer };
}

it('sends what took time, with its parent, its times and what it was about', async () => {
  const { collector, tracer } = await start();
  tracer.record(span());
  tracer.record(span({ key: 'step:host', parent: 'run', name: 'step host', failure: 'it did not answer' }));
  tracer.record(span({ key: 'probe:1', parent: 'run', name: 'probe docker find' }));
  await tracer.stop();
  const [root, step, probe] = collector.spans;
  expect(root).toMatchObject({
    ...{ name: 'run', parentSpanId: null, from: 1_000_250_000n, to: 2_500_000_000n, kind: 1 },
    attributes: { 'execfmt.run': 'r-7k2m9x', instances: 2, practice: false, who: 'pdf-renderer' },
    resource: { 'service.name': 'execfmt', 'service.version': '1.2.3' },
  });
  expect(step).toMatchObject({ traceId: root?.traceId, parentSpanId: root?.spanId });
  expect(step?.status).toMatchObject({ code: 2, message: 'it did not answer' });
  // A client's span: something else was asked.
  expect(probe?.kind).toBe(3);
});

it('names a span the same in every process, so that a run that went on elsewhere is one trace', async () => {
  const { collector, tracer } = await start();
  tracer.record(span());
  await tracer.stop();
  const other = createOtlpTracer({ url: collector.url, headers: {}, version: '1.2.3', redact, log });
  other.record(span({ key: 'action:p1', parent: 'run', name: 'action rebuild' }));
  other.record(span({ run: 'r-other2' }));
  await other.stop();
  const [root, action, another] = collector.spans;
  expect(action).toMatchObject({ traceId: root?.traceId, parentSpanId: root?.spanId });
  expect(another?.traceId).not.toBe(root?.traceId);
});

it('sends no secret', async () => {
  const { collector, tracer } = await start();
  const secret = `ghp_${'a1B2'.repeat(9)}`;
  tracer.record(span({ attributes: { said: `token ${secret}` }, failure: `refused ${secret}` }));
  await tracer.stop();
  expect(collector.spans).toHaveLength(1);
  expect(
    JSON.stringify(collector.spans, (_, value) => (typeof value === 'bigint' ? String(value) : value)),
  ).not.toContain(secret);
});

it('sends the headers that a collector asks for, and sends again what it could not take for now', async () => {
  const { collector, tracer } = await start('the-token');
  collector.fail(503, 1);
  tracer.record(span());
  await waitFor('the second attempt', 20_000, async () => collector.spans[0] ?? null);
  expect(collector.refused).toEqual(['asked to fail with 503']);
  await tracer.stop();
});

it('says in the log when spans are dropped, once, and when they are taken again', { timeout: 20_000 }, async () => {
  const { collector, tracer } = await start('the-token');
  lines.length = 0;
  const dropped = () => lines.filter((line) => line.includes('traces could not be sent')).length;
  collector.fail(400, 2);
  tracer.record(span());
  await waitFor('the first refusal', 10_000, async () => (collector.refused.length === 1 ? true : null));
  tracer.record(span());
  await waitFor('the second refusal', 10_000, async () => (collector.refused.length === 2 ? true : null));
  tracer.record(span());
  await waitFor('the log to say so', 10_000, async () => (lines.length === 2 ? true : null));
  expect([dropped(), lines[1]]).toEqual([1, 'traces are sent again {}']);
  expect(lines.join()).not.toContain('the-token');
  await tracer.stop();
});

it('is stopped within its time although the collector is away', { timeout: 20_000 }, async () => {
  const { collector, tracer } = await start();
  await collector.close();
  tracer.record(span());
  await tracer.stop();
  expect(collector.spans).toEqual([]);
});
