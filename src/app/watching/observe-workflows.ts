import type { Meter } from '../../ports/meter.ts';
import type { RunScope } from '../../ports/run-scope.ts';
import type { Workflows } from '../../ports/workflows.ts';

/** The same workflows, counted while they run in this process; what they do is known to be for their run. */
export function observeWorkflows(workflows: Workflows, meter: Meter, scope: RunScope): Workflows {
  const running = new Map<string, number>();
  meter.gauge(
    {
      name: 'execfmt_workflows_running',
      help: 'Durable work under way in this process; `expire` waits for plans to expire.',
      labels: ['workflow'],
    },
    () => [...running].map(([workflow, value]) => ({ labels: { workflow }, value })),
  );
  const add = (name: string, one: number) => running.set(name, (running.get(name) ?? 0) + one);
  return {
    ...workflows,
    define(name, body) {
      running.set(name, 0);
      workflows.define(name, async (context, input) => {
        add(name, 1);
        const run = runOf(input);
        try {
          await (run === null ? body(context, input) : scope.within(run, () => body(context, input)));
        } finally {
          add(name, -1);
        }
      });
    },
  };
}

function runOf(input: unknown): string | null {
  if (typeof input !== 'object' || input === null || !('run' in input)) return null;
  return typeof input.run === 'string' ? input.run : null;
}
