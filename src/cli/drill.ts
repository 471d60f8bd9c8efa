import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { startPractice } from '../../adapters/practice/start-practice.ts';
import type { RunningApplication } from '../app/application.ts';
import type { RunState } from '../run/run-state.ts';
import type { Press } from '../view/card.ts';
import { threadOf } from '../view/thread.ts';
import { formatDuration } from '../view/words.ts';
import { compose } from './compose.ts';
import { terminalPerson } from './diagnose.ts';
import { followRun } from './follow-run.ts';
import { defaultConfig } from './load-config.ts';
import { withPractice } from './practice-config.ts';
import { createProgramLog } from './program-log.ts';
import { createTerminal, printJson, type Terminal } from './terminal.ts';

export interface DrillOptions {
  /** Approve without asking. */
  readonly yes: boolean;
  readonly json: boolean;
}

/** Shorter than in earnest: the practice program either runs or does not. */
const DRILL_VERIFICATION = { stableForMs: 3_000, timeoutMs: 60_000 };

/** `execfmt drill`: the practice incident from the command to the recovery, with the time of each part. 0 recovered, 1 not. */
export async function drill(options: DrillOptions): Promise<number> {
  const terminal = createTerminal(options.json ? process.stderr : process.stdout);
  const practice = await startPractice();
  const person = terminalPerson();
  const config = withPractice({ ...defaultConfig(), hosts: [], verification: DRILL_VERIFICATION }, practice, person.id);
  const log = createProgramLog('error', config.redact);
  const composition = await compose(config, {
    log,
    store: ':memory:',
    resetPractice: null,
    slack: null,
    teams: null,
    followForMs: 0,
  });
  try {
    terminal.say(
      `Practice: ${practice.service} on ${practice.host} is restarting over and over. Nothing here is real.\n$ execfmt ${practice.service}\n`,
    );
    const state = await playThrough(composition.application, practice.service, options, terminal);
    report(state, options, terminal);
    return state?.actions.some(({ finished }) => finished?.outcome === 'succeeded') ? 0 : 1;
  } finally {
    await composition.stop();
    await practice.stop();
  }
}

async function playThrough(
  application: RunningApplication,
  target: string,
  options: DrillOptions,
  terminal: Terminal,
): Promise<RunState | null> {
  const printed = new Set<string>();
  const conversation = { chat: 'cli', id: 'drill' } as const;
  const ask = (what: Parameters<RunningApplication['handle']>[0]['what']) =>
    application.handle({ by: terminalPerson(), conversation, delivery: randomUUID(), what });

  const reply = await ask({ kind: 'command', text: target });
  if (reply.kind !== 'run') return null;
  const { run } = reply;
  await followRun(application, terminal, run, application.diagnosed(run), printed);
  if (!(await pressIn(run, 'propose'))) return application.state(run);
  await followRun(application, terminal, run, Promise.resolve(), printed);
  if (!options.yes && !(await confirmed())) {
    await pressIn(run, 'decline');
    return application.state(run);
  }
  if (await pressIn(run, 'approve')) {
    const plan = (await application.state(run))?.actions.at(-1)?.plan.id;
    if (plan) await followRun(application, terminal, run, application.carriedOut(plan), printed);
  }
  return application.state(run);

  /** Presses the first button of that kind in the thread, as a person would. False when there is none, or it is refused. */
  async function pressIn(run: string, action: Press['action']): Promise<boolean> {
    const state = await application.state(run);
    const buttons = state ? threadOf(state).replies.flatMap(({ card }) => card.buttons) : [];
    const button = buttons.find(({ press }) => press.action === action);
    if (!button) return false;
    const answer = await ask({ kind: 'press', press: button.press });
    if (answer.kind === 'private') terminal.show(answer.card);
    return answer.kind !== 'private';
  }
}

/** Asks at the terminal, or reads the answer from a pipe; the end of input means no. */
async function confirmed(): Promise<boolean> {
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const ended = once(prompt, 'close').then(() => '');
    const answer = await Promise.race([prompt.question('Approve this rollback? [y/N] '), ended]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    prompt.close();
  }
}

/** The time of each part, measured from the command. */
function report(state: RunState | null, options: DrillOptions, terminal: Terminal): void {
  const action = state?.actions.at(-1) ?? null;
  const since = (at: string | null | undefined) => (state && at ? Date.parse(at) - Date.parse(state.openedAt) : null);
  const times = {
    diagnosedMs: since(state?.verdict?.at),
    proposedMs: since(action?.proposedAt),
    approvedMs: since(action?.approvedBy.at(-1)?.at),
    recoveredMs: action?.finished?.outcome === 'succeeded' ? since(action.finished.at) : null,
  };
  if (options.json) {
    printJson({
      run: state?.run ?? null,
      practice: true,
      outcome: action?.finished?.outcome ?? 'not-approved',
      verdict: state?.verdict?.verdict ?? null,
      digest: action && action.plan.kind !== 'rebuild' ? action.plan.proposed.digest : null,
      ...times,
    });
    return;
  }
  const lines = Object.entries(times).map(
    ([name, ms]) => `${name.replace('Ms', '').padEnd(10)} ${ms === null ? '–' : `after ${formatDuration(ms)}`}`,
  );
  if (!action) lines.push('No rollback was offered.');
  else if (!action.finished) lines.push('Not approved: nothing was changed. (Answer y, or give --yes.)');
  terminal.say(lines.join('\n'));
}
