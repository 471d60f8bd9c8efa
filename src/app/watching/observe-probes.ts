import type { Answer } from '../../playbook/answer.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Meter } from '../../ports/meter.ts';
import type { RunScope } from '../../ports/run-scope.ts';
import type { Tracer } from '../../ports/tracer.ts';

/** Upper bounds in seconds. */
const PROBE = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** What kinds of the outside world are asked. */
export type ProbedKind = 'docker' | 'kubernetes' | 'registry' | 'ci' | 'metrics';

/** Gives the same port, whose named questions are timed. A port without one of them has none afterwards either. */
export type ObserveProbes = <T extends object>(
  kind: ProbedKind,
  name: string,
  port: T,
  questions: readonly (keyof T & string)[],
) => T;

type Question = (...asked: unknown[]) => Promise<Answer<unknown>>;

/** Times questions to the outside world: a number for each kind of question, and a span where it is asked for a run. */
export function createProbeObserver(parts: {
  readonly meter: Meter;
  readonly tracer: Tracer;
  readonly scope: RunScope;
  readonly clock: Clock;
}): ObserveProbes {
  const { meter, tracer, scope, clock } = parts;
  const seconds = meter.histogram(
    {
      name: 'execfmt_probe_duration_seconds',
      help: 'Questions to hosts, clusters, registries, CI servers and sources of numbers; outcome is ok, or why there is no answer.',
      labels: ['kind', 'probe', 'outcome'],
    },
    PROBE,
  );
  let asked = 0;

  async function time(kind: ProbedKind, name: string, probe: string, ask: () => Promise<Answer<unknown>>) {
    const [from, since] = [clock.now().getTime(), clock.monotonic()];
    const key = `probe:${from}:${asked++}`;
    let outcome = 'defect';
    let failure: string | null = 'a defect of execfmt; the log says more';
    try {
      const answer = await ask();
      outcome = answer.kind === 'known' ? 'ok' : answer.why.code;
      failure = answer.kind === 'known' ? null : answer.why.message;
      return answer;
    } finally {
      const took = clock.monotonic() - since;
      seconds({ kind, probe, outcome }, took / 1000);
      const run = scope.current();
      const attributes = { 'execfmt.kind': kind, 'execfmt.name': name, 'execfmt.outcome': outcome };
      const span = { key, parent: 'run', name: `probe ${kind} ${probe}`, from, to: from + took, attributes, failure };
      if (run !== null) tracer.record({ run, ...span });
    }
  }

  return (kind, name, port, questions) => {
    const timed: Record<string, Question> = {};
    for (const probe of questions) {
      const question = port[probe] as Question | undefined;
      if (question) timed[probe] = (...args) => time(kind, name, probe, () => question.apply(port, args));
    }
    return { ...port, ...timed };
  };
}
