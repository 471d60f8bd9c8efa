import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import type { Person } from '../approval/person.ts';
import { diagnosisDocument, diagnosisExitStatus } from '../run/diagnosis-document.ts';
import { createRedact } from '../view/create-redact.ts';
import { redactDeep } from '../view/redact-deep.ts';
import { compose } from './compose.ts';
import { USAGE } from './exit-status.ts';
import { findConfig } from './find-config.ts';
import { followRun } from './follow-run.ts';
import { loadConfig, storeOf } from './load-config.ts';
import { createProgramLog } from './program-log.ts';
import { createTerminal, printJson } from './terminal.ts';

export interface DiagnoseOptions {
  readonly on: string | null;
  readonly config: string | null;
  readonly json: boolean;
}

/** `execfmt diagnose NAME`: the playbook once, in the terminal. Gives the exit status of the contract. */
export async function diagnose(name: string, options: DiagnoseOptions): Promise<number> {
  const config = await loadConfig(options.config);
  const redact = createRedact(config.redact);
  const terminal = createTerminal(options.json ? process.stderr : process.stdout, redact);
  const store = findConfig(options.config) === null ? ':memory:' : storeOf(config);
  const log = createProgramLog('error', config.redact);
  const composition = await compose(config, {
    log,
    store,
    alone: true,
    resetPractice: null,
    slack: null,
    teams: null,
    followForMs: 0,
  });
  const { application } = composition;
  try {
    // A target may be called like a command.
    const text = `diagnose ${name}${options.on === null ? '' : ` on ${options.on}`}`;
    const conversation = { chat: 'cli', id: `terminal/${randomUUID()}` } as const;
    const reply = await application.handle({
      by: terminalPerson(),
      conversation,
      delivery: randomUUID(),
      what: { kind: 'command', text },
    });
    if (reply.kind !== 'run') {
      if (reply.kind === 'private') createTerminal(process.stderr, redact).show(reply.card);
      return USAGE;
    }
    const done = application.diagnosed(reply.run);
    await (options.json ? done : followRun(application, terminal, reply.run, done, new Set()));
    const state = await application.state(reply.run);
    if (!state) throw new Error(`run ${reply.run} has no events`);
    if (options.json) printJson(redactDeep(diagnosisDocument(state), redact));
    return diagnosisExitStatus(state);
  } finally {
    await composition.stop();
  }
}

/** The person at the terminal, by the name that the system knows. */
export function terminalPerson(): Person {
  const { username } = userInfo();
  return { id: `cli:${username}`, name: username };
}
