import { systemClock } from '../../adapters/system/clock.ts';
import { createGate } from '../app/gate.ts';
import { type Tried, tryConnection } from '../app/watching/try-connections.ts';
import type { Config } from '../config/config.ts';
import { failed } from '../playbook/answer.ts';
import type { Connection } from '../ports/connection.ts';
import { createRedact } from '../view/create-redact.ts';
import { redactDeep } from '../view/redact-deep.ts';
import { estateConnections, otherConnections } from './connections.ts';
import { renderTable } from './render-table.ts';
import { slackSecrets } from './slack-secrets.ts';
import { createStderrLog } from './stderr-log.ts';
import { teamsSecrets } from './teams-secrets.ts';
import { createTerminal, printJson } from './terminal.ts';

/** Whatever it does, a connection is given up after this. Milliseconds. */
const TRY_MS = 20_000;
/** Connections that are tried at the same time; each over ssh is a process. */
const AT_ONCE = 32;

/** One line of the table. `lacks`: it answers, and does not permit everything that will be needed. */
interface Row {
  readonly kind: string;
  readonly name: string;
  readonly state: 'works' | 'lacks' | 'fails';
  readonly detail: string;
  readonly lacks: readonly string[];
  readonly elapsedMs: number;
}

/** Tries every connection of a configuration and prints what works: 0 when all do, else 1. Nothing is changed anywhere. */
export async function checkConnections(file: string, config: Config, json: boolean): Promise<number> {
  const redact = createRedact(config.redact);
  const connections = connectionsOf(config);
  const tried = await tryAll(connections);
  const rows = redactDeep(tried.map(rowOf), redact);
  const ok = rows.every(({ state }) => state === 'works');
  if (json) printJson({ file, valid: true, ok, connections: rows });
  else printTable(rows, redact);
  return ok ? 0 : 1;
}

function tryAll(connections: readonly Connection[]): Promise<readonly Tried[]> {
  const gate = createGate(AT_ONCE);
  return Promise.all(
    connections.map(async (connection) => {
      await gate.enter();
      return tryConnection(connection, systemClock, TRY_MS).finally(gate.leave);
    }),
  );
}

function connectionsOf(config: Config): readonly Connection[] {
  const slack = slackSecrets();
  const teams = teamsSecrets(config.chat.teams !== null);
  const log = createStderrLog(createRedact(config.redact));
  const missing = 'SLACK_BOT_TOKEN is not set, so Slack is not served. Set it where `execfmt serve` runs.';
  const unset: Connection = { kind: 'chat', name: 'slack', try: async () => failed('not-found', 'Slack', missing) };
  return [
    ...otherConnections(config, { slack, teams }),
    ...(config.chat.slack !== null && slack === null ? [unset] : []),
    ...estateConnections(config, log, true),
  ];
}

function rowOf({ connection: { kind, name }, answer, elapsedMs }: Tried): Row {
  if (answer.kind === 'probe-failed')
    return { kind, name, state: 'fails', detail: answer.why.message, lacks: [], elapsedMs };
  const { detail, lacks } = answer.value;
  return { kind, name, state: lacks.length === 0 ? 'works' : 'lacks', detail, lacks, elapsedMs };
}

function printTable(rows: readonly Row[], redact: (text: string) => string): void {
  const lines = rows.map(({ kind, name, state, detail, lacks, elapsedMs }) => [
    state,
    kind,
    name,
    `${elapsedMs} ms`,
    [detail, ...lacks.map((what) => `not permitted: ${what}`)].join('; '),
  ]);
  const terminal = createTerminal(process.stdout, redact);
  for (const line of renderTable(['state', 'kind', 'name', 'time', 'what it says'], lines)) terminal.say(line);
  const bad = rows.filter(({ state }) => state !== 'works').length;
  terminal.say(bad === 0 ? `All ${rows.length} work.` : `${bad} of ${rows.length} do not work as they should.`);
}
