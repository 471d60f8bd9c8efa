import type { Answer } from '../playbook/answer.ts';
import type { Sample } from '../playbook/evidence.ts';

/** One source of numbers: a /metrics page or a Prometheus server. */
export interface MetricsSource {
  readonly name: string;
  /** A command that a person could type to see the same: `curl -s http://…/metrics | grep pdf_queue`. */
  command(series: string): string;
  /** The value of each series now; several samples of one series are added up. Null value: there is no such series. */
  read(series: readonly string[], signal: AbortSignal): Promise<Answer<readonly Sample[]>>;
}
