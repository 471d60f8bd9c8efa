import { expect, it } from 'vitest';
import { createLog } from '../../../adapters/log/pino.ts';
import { createRunScope } from '../../../adapters/system/run-scope.ts';
import { observeWorkflows } from '../../../src/app/watching/observe-workflows.ts';
import { createTargets, sayRun } from '../../../src/app/watching/say-run.ts';
import { noMeter } from '../../../src/ports/meter.ts';
import type { WorkflowBody, Workflows } from '../../../src/ports/workflows.ts';
import { redact } from '../../../src/view/redact.ts';
import { responder } from '../../run/sample-run.ts';

function bench() {
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (text: string) => lines.push(JSON.parse(text)) };
  const scope = createRunScope();
  const targets = createTargets();
  const log = sayRun(createLog({ level: 'debug', redact, destination }), scope, targets);
  const conversation = { chat: 'web', id: 'page' } as const;
  const open = (run: string, target: string) =>
    targets.wrote({
      ...{ run, seq: 1, key: 'opened', at: '2026-11-21T09:00:00.000Z' },
      fact: { type: 'opened', target, on: null, by: responder, conversation, practice: false },
    });
  return { lines, scope, log, open };
}

it('says in every line of a run which one it is, also in those of adapters that know of no run', async () => {
  const { lines, scope, log, open } = bench();
  open('r-1', 'pdf-renderer');
  open('r-2', 'other');
  const bodies = new Map<string, WorkflowBody>();
  const engine = { define: (name: string, body: WorkflowBody) => bodies.set(name, body) } as unknown as Workflows;
  observeWorkflows(engine, noMeter, scope).define('investigate', async () => {
    log.info({}, 'before');
    await new Promise((done) => setTimeout(done, 5));
    log.warn({ registry: 'r.corp.io' }, 'a mirror does not answer');
  });
  const body = bodies.get('investigate');
  const context = { id: 'x', resumed: false, signal: new AbortController().signal, step: () => Promise.reject() };
  await Promise.all(['r-1', 'r-2'].map((run) => body?.(context, { run })));
  log.info({}, 'of no run');
  log.info({ run: 'r-2' }, 'named');
  const shown = lines.map(({ msg, run, target }) => `${msg} ${run} ${target}`);
  expect(shown.sort()).toEqual([
    ...['a mirror does not answer r-1 pdf-renderer', 'a mirror does not answer r-2 other'],
    ...['before r-1 pdf-renderer', 'before r-2 other', 'named r-2 other', 'of no run undefined undefined'],
  ]);
});

it('hides a secret that stands in a target', () => {
  const { lines, log, open } = bench();
  const secret = `ghp_${'a1B2'.repeat(9)}`;
  open('r-1', secret);
  log.info({ run: 'r-1' }, 'asked');
  expect(JSON.stringify(lines)).not.toContain(secret);
  expect(lines[0]).toMatchObject({ run: 'r-1', msg: 'asked' });
});
