import { answerOf, ProbeError } from '../../../src/playbook/answer.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { MetricsSource } from '../../../src/ports/metrics.ts';
import { fetchPage } from './fetch-page.ts';
import { parseExposition, parseSeries } from './parse-exposition.ts';
import { sumSeries } from './sum-series.ts';

export interface ScrapeOptions {
  /** As named in the configuration. */
  readonly name: string;
  /** Of the page; a user and password in it are sent as a login and never shown. */
  readonly url: string;
  readonly clock: Clock;
  /** Milliseconds for one read; 5,000 unless told. */
  readonly deadlineMs?: number;
}

/** Numbers from a /metrics page. A series is `name` or `name{label="value"}`; labels it does not name may have any value. */
export function createScrape(options: ScrapeOptions): MetricsSource {
  const { name, clock } = options;
  const page = new URL(options.url);
  const shown = new URL(page);
  shown.username = '';
  shown.password = '';
  return {
    name,
    command: (series) => `curl -s ${quote(shown.href)} | grep ${quote(`^${parseSeries(series)?.name ?? series}`)}`,
    read: (series, parent) =>
      answerOf(async () => {
        const signal = clock.deadline(options.deadlineMs ?? 5000, parent);
        const samples = parseExposition(await fetchPage(page, name, signal));
        const at = clock.now().toISOString();
        return series.map((one) => {
          const value = sumSeries(samples, one);
          if (value !== undefined) return { series: one, value, at };
          const message = `the series ${one} cannot be read. Write it as name or name{label="value"} in the configuration.`;
          throw new ProbeError({ code: 'invalid', target: name, message });
        });
      }),
  };
}

/** For a POSIX shell. */
const quote = (text: string) => (/^[\w./:^-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);
