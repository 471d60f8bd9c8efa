import { answerOf } from '../../../src/playbook/answer.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { MetricsSource } from '../../../src/ports/metrics.ts';
import { queryInstant } from './query-instant.ts';

export interface PrometheusOptions {
  /** As named in the configuration. */
  readonly name: string;
  /** The server's base address; a user and password in it are sent as a login and never shown. */
  readonly url: string;
  readonly clock: Clock;
  /** Milliseconds for one read; 5,000 unless told. */
  readonly deadlineMs?: number;
}

/** Numbers from a Prometheus server, or whatever speaks its HTTP API. A series is any PromQL expression. */
export function createPrometheus(options: PrometheusOptions): MetricsSource {
  const { name, clock } = options;
  const base = new URL(options.url);
  const path = `${base.pathname.replace(/\/+$/, '')}/api/v1/query`;
  return {
    name,
    command: (series) => `curl -s -G ${quote(base.origin + path)} --data-urlencode ${quote(`query=${series}`)}`,
    read: (series, parent) =>
      answerOf(async () => {
        const signal = clock.deadline(options.deadlineMs ?? 5000, parent);
        const at = clock.now().toISOString();
        const values = await Promise.all(series.map((one) => queryInstant({ base, path, target: name, signal }, one)));
        return series.map((one, index) => ({ series: one, value: values[index] ?? null, at }));
      }),
  };
}

/** For a POSIX shell. */
const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
