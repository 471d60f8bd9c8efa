import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Meter } from '../../../src/ports/meter.ts';

/** The numbers, and the page that Prometheus reads. */
export interface PrometheusMeter extends Meter {
  /** Of the page. */
  readonly contentType: string;
  /** The text exposition format, as it stands now. */
  page(): Promise<string>;
}

/** Numbers for Prometheus: the program's own, those of its process and Node, and `execfmt_build_info`. */
export function createPrometheusMeter(version: string): PrometheusMeter {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const info = { name: 'execfmt_build_info', help: 'Always 1; the label says which version runs.' };
  new Gauge({ ...info, labelNames: ['version'], registers }).set({ version }, 1);
  return {
    contentType: registry.contentType,
    page: () => registry.metrics(),
    counter({ name, help, labels }) {
      const counter = new Counter({ name, help, labelNames: [...labels], registers });
      return (values) => counter.inc(values);
    },
    histogram({ name, help, labels }, upTo) {
      const histogram = new Histogram({ name, help, labelNames: [...labels], buckets: [...upTo], registers });
      return (values, seconds) => histogram.observe(values, seconds);
    },
    gauge({ name, help, labels }, read) {
      new Gauge({
        name,
        help,
        labelNames: [...labels],
        registers,
        collect() {
          this.reset();
          for (const one of read()) this.set(one.labels, one.value);
        },
      });
    },
  };
}
