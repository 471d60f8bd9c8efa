import Docker from 'dockerode';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type Practice, startPractice } from '../../adapters/practice/start-practice.ts';
import { type LabPostgres, startPostgres } from '../lab/postgres.ts';
import { suite } from '../lab/requirements.ts';
import { waitFor } from '../lab/waiting.ts';
import { type SlackServer, startSlack } from '../servers/slack/start-slack.ts';
import type { SlackMessage } from '../servers/slack/world.ts';
import { runExecfmt, type Serving, startServe } from './run-execfmt.ts';
import { APPROVER, replyWith, textOf } from './slack-stage.ts';

const HOSTS = 4;
const LONG = { timeout: 240_000 };
const PATIENCE_MS = 60_000;

/** Hosts with the practice incident, each with an engine and a registry of its own; the first one's service may be changed. */
function configurationOf(practices: readonly Practice[]): string {
  const [first] = practices;
  const hosts = practices.map(({ engine }, index) => `  render-0${index + 1}: { docker: "${engine}" }`);
  const registries = practices.map(({ registry }) => `  "${registry}": { plainHttp: true }`);
  return `hosts:
${hosts.join('\n')}
registries:
${registries.join('\n')}
services:
  pdf-renderer:
    image: ${first?.registry}/pdf-renderer
    targets: [{ host: render-01, container: pdf-renderer }]
    approvals: all
approvals:
  all: { approvers: ["slack:${APPROVER}"], required: 1 }`;
}

suite('three execfmt serve on one PostgreSQL', ['postgresql'], () => {
  let server: LabPostgres;
  let practices: Practice[] = [];
  let slack: SlackServer;
  let replicas: Serving[] = [];
  let database = '';
  let databases = 0;
  beforeAll(async () => {
    server = await startPostgres({ durable: true });
  });
  afterAll(() => server.stop());
  afterEach(async () => {
    await Promise.all(replicas.map((replica) => replica.remove()));
    await slack.close();
    await Promise.all(practices.map((practice) => practice.stop()));
  });

  async function startAll(stableFor: string): Promise<void> {
    database = `serve_${++databases}`;
    const url = await server.createDatabase(database);
    slack = await startSlack();
    practices = await Promise.all(Array.from({ length: HOSTS }, () => startPractice()));
    const env = {
      DATABASE_URL: url,
      SLACK_BOT_TOKEN: slack.botToken,
      SLACK_API_URL: slack.apiUrl,
      SLACK_SIGNING_SECRET: slack.signingSecret,
    };
    const configuration = configurationOf(practices);
    replicas = await Promise.all(Array.from({ length: 3 }, () => startServe({ configuration, env, stableFor })));
  }

  const through = (index: number) => slack.deliverTo(`${replicas[index % 3]?.url}/slack/events`);
  const titlesOf = (parent: SlackMessage) =>
    slack.thread(parent.ts).map((message) => /"text":"([^"]*)"/.exec(textOf(message))?.[1]);
  const expectNoneTwice = (parent: SlackMessage) => {
    const titles = titlesOf(parent);
    expect(titles.filter((title, index) => titles.indexOf(title) !== index)).toEqual([]);
  };
  const parents = (count: number) =>
    waitFor(`${count} parent messages`, PATIENCE_MS, async () =>
      slack.messages().length >= count ? slack.messages() : null,
    );
  /** The process that runs a workflow now; its executor is named `host/pid/…`. */
  const runnerOf = (like: string) =>
    waitFor('a replica to run it', PATIENCE_MS, async () => {
      const rows = await server.query(
        database,
        `SELECT executor_id FROM execfmt_workflows.workflow_status
         WHERE status = 'PENDING' AND EXISTS (
           SELECT 1 FROM execfmt_workflows.operation_outputs o
           WHERE o.workflow_uuid = workflow_status.workflow_uuid AND o.function_name = '${like}')`,
      );
      return rows[0] ? String(rows[0].executor_id).split('/')[1] : null;
    });

  const toldToTheEnd = () =>
    waitFor('all threads to be told to the end', PATIENCE_MS, async () => {
      const rows = await server.query(
        database,
        'SELECT 1 FROM execfmt.runs LEFT JOIN execfmt.told USING (run) WHERE is_open OR seq IS DISTINCT FROM last_seq',
      );
      return rows.length === 0 || null;
    });

  it('tell every step of several runs once, whichever replica the commands come to', LONG, async () => {
    await startAll('2s');
    for (let index = 0; index < HOSTS; index++) {
      through(index);
      await slack.command(`pdf-renderer on render-0${index + 1}`);
      // Slack repeats what it believes lost, to another replica.
      through(index + 1);
      await slack.retry();
    }
    const all = await parents(HOSTS);
    for (const parent of all) await replyWith(slack, parent, 'It will not run');
    await toldToTheEnd();
    expect(slack.messages()).toHaveLength(HOSTS);
    for (const parent of all) {
      // Eight steps and the verdict. The transcript is a file; where a rollback is offered it waits for what becomes of that.
      expect(slack.thread(parent.ts).filter(({ files }) => files === undefined)).toHaveLength(9);
      expect(slack.thread(parent.ts).filter(({ files }) => files !== undefined).length).toBeLessThanOrEqual(1);
      expectNoneTwice(parent);
    }
    expect(await Promise.all(replicas.map((replica) => replica.stop()))).toEqual([0, 0, 0]);
    const run = /r-[a-z0-9]{6}/.exec(textOf(all[0]))?.[0] ?? '';
    const transcript = await runExecfmt(['transcript', run], { env: { DATABASE_URL: server.url(database) } });
    expect(transcript.stdout).toContain('pdf-renderer');
    expect(transcript.status).toBe(0);
  });

  it('lose no command and tell nothing twice while each is replaced, one after the other', LONG, async () => {
    await startAll('2s');
    for (const [index, replica] of replicas.entries()) {
      through(index);
      const delivery = await slack.command(`pdf-renderer on render-0${index + 1}`);
      expect(delivery.acknowledged).toBe(true);
      expect(await replica.stop()).toBe(0);
      await replica.restart();
    }
    for (const parent of await parents(replicas.length)) await replyWith(slack, parent, 'It will not run');
    await toldToTheEnd();
    expect(slack.messages()).toHaveLength(replicas.length);
    for (const parent of slack.messages()) expectNoneTwice(parent);
  });

  it('carry out what one has acknowledged that dies at once', LONG, async () => {
    await startAll('2s');
    const holder = new Client({ connectionString: server.url(database) });
    await holder.connect();
    try {
      // No run can be opened: whoever receives a command now comes no further.
      await holder.query('BEGIN');
      await holder.query('LOCK TABLE execfmt.runs IN EXCLUSIVE MODE');
      through(0);
      const delivery = await slack.command('pdf-renderer');
      expect(delivery.acknowledged).toBe(true);
      await replicas[0]?.kill();
      expect(await server.query(database, 'SELECT key FROM execfmt.inbox')).toHaveLength(1);
      expect(slack.messages()).toEqual([]);
    } finally {
      await holder.end();
    }
    const [parent] = await parents(1);
    if (!parent) throw new Error('no parent');
    await replyWith(slack, parent, 'It will not run');
    await toldToTheEnd();
    expect(slack.messages()).toHaveLength(1);
    expectNoneTwice(parent);
    expect(await server.query(database, 'SELECT key FROM execfmt.inbox')).toEqual([]);
  });

  it('carry an approval out once, and finish it although the one that does is killed', LONG, async () => {
    await startAll('8s');
    through(0);
    await slack.command('pdf-renderer');
    const [parent] = await parents(1);
    if (!parent) throw new Error('no parent');
    const verdict = await replyWith(slack, parent, 'It will not run');
    through(1);
    await slack.press(verdict, 'Roll back to v2');
    const plan = await replyWith(slack, parent, 'Roll back pdf-renderer to v2?');
    for (const index of [0, 1, 2]) {
      through(index);
      await slack.press(plan, 'Approve', { user: APPROVER });
    }
    await replyWith(slack, parent, 'verifying');
    const pid = Number(await runnerOf('check again'));
    process.kill(pid, 'SIGKILL');
    const outcome = await replyWith(slack, parent, 'Recovered');
    expect(textOf(outcome)).toContain('Recovered');
    await waitFor(
      'the parent to say so',
      PATIENCE_MS,
      async () => textOf(slack.messages()[0]).includes('recovered') || null,
    );
    const engine = new URL(practices[0]?.engine ?? '');
    const docker = new Docker({ host: engine.hostname, port: Number(engine.port), protocol: 'http' });
    const containers = await docker.listContainers({ all: true });
    expect(containers.map(({ Names, State }) => [Names, State])).toEqual([[['/pdf-renderer'], 'running']]);
    expect(slack.messages()).toHaveLength(1);
    expectNoneTwice(parent);
    const finished = await server.query(
      database,
      "SELECT fact FROM execfmt.events WHERE fact->>'type' = 'action-finished'",
    );
    expect(finished).toEqual([{ fact: expect.objectContaining({ outcome: 'succeeded' }) }]);
  });

  it('go on when the database is restarted in the middle', LONG, async () => {
    await startAll('4s');
    through(0);
    await slack.command('pdf-renderer');
    const [parent] = await parents(1);
    if (!parent) throw new Error('no parent');
    await slack.press(await replyWith(slack, parent, 'It will not run'), 'Roll back to v2');
    await slack.press(await replyWith(slack, parent, 'Roll back pdf-renderer to v2?'), 'Approve', { user: APPROVER });
    await replyWith(slack, parent, 'verifying');
    await server.halt('crash');
    await server.resume();
    await replyWith(slack, parent, 'Recovered');
    expectNoneTwice(parent);
    const finished = await server.query(
      database,
      "SELECT fact FROM execfmt.events WHERE fact->>'type' = 'action-finished'",
    );
    expect(finished).toHaveLength(1);
  });
});
