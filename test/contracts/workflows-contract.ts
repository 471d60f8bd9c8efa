import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Workflows } from '../../src/ports/workflows.ts';

/** Engines over one store; each stands for a process. */
export interface WorkflowsUnderTest {
  engine(): Workflows;
  /** The first arguments of test/durable/crashing-process.ts for the same store. */
  readonly crashing: readonly string[];
  cleanUp(): Promise<void>;
}

/** What every engine does, whatever its work is kept in. */
export function workflowsContract(name: string, make: () => Promise<WorkflowsUnderTest>): void {
  describe(`${name} as a workflow engine`, () => {
    let under: WorkflowsUnderTest;
    beforeEach(async () => {
      under = await make();
    });
    afterEach(() => under.cleanUp());

    startingWork(() => under.engine());
    rememberingSteps(() => under.engine());
    stoppingWork(() => under.engine());
    outlivingProcesses(() => under);
  });
}

function startingWork(engine: () => Workflows): void {
  it('runs a body with its input to the end', async () => {
    const workflows = engine();
    const seen: unknown[] = [];
    workflows.define('greet', async (context, input) => {
      seen.push([context.id, context.resumed, context.signal.aborted, input]);
    });
    await workflows.launch();
    expect(await workflows.start('greet', 'w1', { name: 'Ann', of: [1, null] })).toBe('started');
    expect(await workflows.finished('w1')).toBe('done');
    expect(seen).toEqual([['w1', false, false, { name: 'Ann', of: [1, null] }]]);
  });

  it('starts an id once, also when it has ended', async () => {
    const workflows = engine();
    let runs = 0;
    workflows.define('count', async () => {
      runs++;
    });
    await workflows.launch();
    const answers = await Promise.all(Array.from({ length: 5 }, () => workflows.start('count', 'w1', null)));
    expect(answers.toSorted()).toEqual(['exists', 'exists', 'exists', 'exists', 'started']);
    await workflows.finished('w1');
    expect(await workflows.start('count', 'w1', null)).toBe('exists');
    expect(runs).toBe(1);
  });

  it('lets one unfinished workflow hold a lock', async () => {
    const workflows = engine();
    const gate = Promise.withResolvers<void>();
    workflows.define('hold', () => gate.promise);
    await workflows.launch();
    expect(await workflows.start('hold', 'w1', null, 'render-01/pdf')).toBe('started');
    expect(await workflows.start('hold', 'w2', null, 'render-01/pdf')).toBe('locked');
    expect(await workflows.start('hold', 'w3', null, 'render-02/pdf')).toBe('started');
    expect(await workflows.start('hold', 'w1', null, 'render-01/pdf')).toBe('exists');
    gate.resolve();
    await workflows.finished('w1');
    expect(await workflows.start('hold', 'w2', null, 'render-01/pdf')).toBe('started');
    expect(await workflows.finished('w2')).toBe('done');
  });

  it('tells a failed body, and frees its lock', async () => {
    const workflows = engine();
    workflows.define('break', async () => {
      throw new Error('broken');
    });
    await workflows.launch();
    await workflows.start('break', 'w1', null, 'l');
    expect(await workflows.finished('w1')).toBe('failed');
    expect(await workflows.start('break', 'w2', null, 'l')).toBe('started');
    expect(await workflows.finished('w2')).toBe('failed');
  });

  it('rejects what is a defect: a name without a body, an id that was never started', async () => {
    const workflows = engine();
    await workflows.launch();
    await expect(workflows.start('nothing', 'w1', null)).rejects.toThrow('nothing');
    await expect(workflows.finished('w9')).rejects.toThrow('w9');
  });

  it('lets another process wait for the end', async () => {
    const [one, other] = [engine(), engine()];
    const gate = Promise.withResolvers<void>();
    one.define('hold', () => gate.promise);
    await one.launch();
    await one.start('hold', 'w1', null);
    const ended = other.finished('w1');
    gate.resolve();
    expect(await ended).toBe('done');
  });
}

function rememberingSteps(engine: () => Workflows): void {
  it('gives the result of a step as JSON gives it', async () => {
    const workflows = engine();
    const seen: unknown[] = [];
    workflows.define('steps', async ({ step }) => {
      seen.push(await step('object', async () => ({ at: new Date(0), gone: undefined })));
      seen.push(await step('nothing', async () => undefined));
      seen.push(await step('null', async () => null));
      seen.push(await step('null', async () => 'a second time'));
    });
    await workflows.launch();
    await workflows.start('steps', 'w1', null);
    expect(await workflows.finished('w1')).toBe('done');
    expect(seen).toEqual([{ at: '1970-01-01T00:00:00.000Z' }, undefined, null, null]);
  });

  it('lets a body handle a step that failed, and try it again', async () => {
    const workflows = engine();
    const seen: string[] = [];
    workflows.define('retry', async ({ step }) => {
      await step('pull', () => Promise.reject(new Error('no route'))).catch((error: Error) => seen.push(error.message));
      seen.push(await step('pull', async () => 'pulled'));
    });
    await workflows.launch();
    await workflows.start('retry', 'w1', null);
    expect(await workflows.finished('w1')).toBe('done');
    expect(seen).toEqual(['no route', 'pulled']);
  });

  it('refuses two steps of one name at once', async () => {
    const workflows = engine();
    workflows.define('twice', async ({ step }) => {
      await Promise.all([step('same', async () => 1), step('same', async () => 2)]);
    });
    await workflows.launch();
    await workflows.start('twice', 'w1', null);
    expect(await workflows.finished('w1')).toBe('failed');
  });

  it('goes on in the next process with what was remembered, and runs the unfinished step again', async () => {
    const log: string[] = [];
    const begin = (workflows: Workflows, inside: (signal: AbortSignal) => Promise<string>) =>
      workflows.define('deed', async ({ step, signal, resumed }, input) => {
        const first = await step('first', async () => {
          log.push('first');
          return { from: input };
        });
        await step('empty', async () => void log.push('empty'));
        const second = await step('second', () => inside(signal));
        log.push(`${JSON.stringify(first)} ${second} ${resumed}`);
      });
    const one = engine();
    const reached = Promise.withResolvers<void>();
    begin(one, (signal) => {
      log.push('second begun');
      reached.resolve();
      return aborted(signal);
    });
    await one.launch();
    await one.start('deed', 'w1', 'input');
    await reached.promise;
    await one.stop();
    const two = engine();
    begin(two, async () => {
      log.push('second again');
      return 'result';
    });
    expect(await two.launch()).toEqual(['w1']);
    expect(await two.finished('w1')).toBe('done');
    expect(log).toEqual(['first', 'empty', 'second begun', 'second again', '{"from":"input"} result true']);
  });
}

function stoppingWork(engine: () => Workflows): void {
  it('leaves what was interrupted unfinished, with its lock, until it is resumed once', async () => {
    const one = engine();
    const begun = Promise.withResolvers<void>();
    one.define('wait', async ({ signal }) => {
      begun.resolve();
      await aborted(signal);
    });
    await one.launch();
    await one.start('wait', 'w1', null, 'l');
    await begun.promise;
    await one.stop();
    const two = engine();
    let runs = 0;
    two.define('wait', async () => {
      runs++;
    });
    expect(await two.start('wait', 'w2', null, 'l')).toBe('locked');
    const resumed = await Promise.all([two.launch(), two.launch()]);
    expect(resumed.flat()).toEqual(['w1']);
    expect(await two.finished('w1')).toBe('done');
    expect(await two.launch()).toEqual([]);
    expect(runs).toBe(1);
  });

  it('records a body that came to its end although the process stops', async () => {
    const one = engine();
    const begun = Promise.withResolvers<void>();
    one.define('heedless', async ({ signal }) => {
      begun.resolve();
      await aborted(signal).catch(() => undefined);
    });
    await one.launch();
    await one.start('heedless', 'w1', null);
    await begun.promise;
    await one.stop();
    expect(await engine().finished('w1')).toBe('done');
  });

  it('does not run what another process runs', async () => {
    const one = engine();
    const gate = Promise.withResolvers<void>();
    let runs = 0;
    const body = () => {
      runs++;
      return gate.promise;
    };
    one.define('hold', body);
    await one.launch();
    await one.start('hold', 'w1', null);
    const two = engine();
    two.define('hold', body);
    expect(await two.launch()).toEqual([]);
    gate.resolve();
    expect(await two.finished('w1')).toBe('done');
    expect(runs).toBe(1);
  });

  it('does not resume what ended', async () => {
    const one = engine();
    one.define('end', async (_, input) => {
      if (input === 'badly') throw new Error('broken');
    });
    await one.launch();
    await one.start('end', 'w1', 'well');
    await one.start('end', 'w2', 'badly');
    await Promise.all([one.finished('w1'), one.finished('w2')]);
    await one.stop();
    const two = engine();
    two.define('end', async () => undefined);
    expect(await two.launch()).toEqual([]);
    expect(await two.finished('w2')).toBe('failed');
  });

  it('takes on nothing once it stops, and stops twice without harm', async () => {
    const one = engine();
    one.define('late', async () => undefined);
    await one.launch();
    await Promise.all([one.stop(), one.stop()]);
    await expect(one.start('late', 'w1', null)).rejects.toThrow();
    const two = engine();
    two.define('late', async () => undefined);
    expect(await two.launch()).toEqual([]);
  });
}

function outlivingProcesses(get: () => WorkflowsUnderTest): void {
  it('goes on in a new process after SIGKILL in the middle of a step', { timeout: 120_000 }, async () => {
    const { crashing } = get();
    const folder = mkdtempSync(join(tmpdir(), 'execfmt-crash-'));
    const diary = join(folder, 'diary');
    const script = join(import.meta.dirname, '../durable/crashing-process.ts');
    const start = (role: string) =>
      spawn(process.execPath, [script, ...crashing, diary, role], { stdio: ['ignore', 'pipe', 'inherit'] });
    const first = start('first');
    await once(first.stdout, 'data');
    first.kill('SIGKILL');
    await once(first, 'exit');
    const [code] = await once(start('next'), 'exit');
    expect(code).toBe(0);
    expect(readFileSync(diary, 'utf8').trim().split('\n')).toEqual([
      'first: pulls',
      'first: creates',
      'next: creates',
      'next: starts {"image":"v2"}',
      'next: ends, resumed: true',
      'next: done',
    ]);
    rmSync(folder, { recursive: true });
  });

  it('waits on for a time that was set in an earlier process, and then acts once', async () => {
    const engine = () => get().engine();
    let fired = 0;
    const define = (workflows: Workflows, begun: () => void) =>
      workflows.define('timer', async ({ step, signal }) => {
        const due = await step('due', async () => Date.now() + 1_500);
        begun();
        while (Date.now() < due) await sleep(50, undefined, { signal });
        await step('fire', async () => void fired++);
      });
    const one = engine();
    const begun = Promise.withResolvers<void>();
    define(one, begun.resolve);
    await one.launch();
    await one.start('timer', 'w1', null);
    await begun.promise;
    await one.stop();
    const two = engine();
    define(two, () => undefined);
    await two.launch();
    expect(await two.finished('w1')).toBe('done');
    expect(fired).toBe(1);
  });

  it('finds a step by its name, also when a newer program asks in another order and for more', async () => {
    const engine = () => get().engine();
    const log: string[] = [];
    const done = (name: string) => async () => {
      log.push(name);
      return `result of ${name}`;
    };
    const one = engine();
    const reached = Promise.withResolvers<void>();
    one.define('deed', async ({ step, signal }) => {
      await step('a', done('a'));
      await step('b', done('b'));
      reached.resolve();
      await aborted(signal);
    });
    await one.launch();
    await one.start('deed', 'w1', null);
    await reached.promise;
    await one.stop();
    const two = engine();
    two.define('deed', async ({ step }) => {
      for (const name of ['new', 'b', 'a', 'c']) log.push(await step(name, done(`${name} of two`)));
    });
    await two.launch();
    expect(await two.finished('w1')).toBe('done');
    expect(log).toEqual([
      'a',
      'b',
      'new of two',
      'result of new of two',
      'result of b',
      'result of a',
      'c of two',
      'result of c of two',
    ]);
  });

  it('remembers the steps that were done of several side by side', async () => {
    const engine = () => get().engine();
    const log: string[] = [];
    const define = (workflows: Workflows, hold: (signal: AbortSignal) => Promise<unknown>, reached: () => void) =>
      workflows.define('deed', async ({ step, signal }) => {
        const quick = step('quick', async () => void log.push('quick')).then(reached);
        await Promise.all([step('slow', () => hold(signal).then(() => void log.push('slow'))), quick]);
      });
    const one = engine();
    const reached = Promise.withResolvers<void>();
    define(one, aborted, reached.resolve);
    await one.launch();
    await one.start('deed', 'w1', null);
    await reached.promise;
    await one.stop();
    const two = engine();
    define(
      two,
      async () => undefined,
      () => undefined,
    );
    await two.launch();
    expect(await two.finished('w1')).toBe('done');
    expect(log).toEqual(['quick', 'slow']);
  });

  it('leaves work without a body to a process that has one', async () => {
    const engine = () => get().engine();
    const [newer, older] = [engine(), engine()];
    older.define('known', async () => undefined);
    await older.launch();
    let runs = 0;
    newer.define('new', async () => {
      runs++;
    });
    expect(await newer.start('new', 'w1', null)).toBe('started');
    await older.start('known', 'w2', null);
    expect(await older.finished('w2')).toBe('done');
    await newer.launch();
    expect(await newer.finished('w1')).toBe('done');
    expect(runs).toBe(1);
  });
}

/** Rejects when the signal aborts, as a call to the outside would. */
function aborted(signal: AbortSignal): Promise<string> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
