import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type ComposeOptions, type Composition, compose } from '../../src/cli/compose.ts';
import { readConfig } from '../../src/cli/load-config.ts';
import { formatTime } from '../../src/view/words.ts';
import { createLog, serveRoute } from '../chat/teams/start-chat.ts';
import { waitFor } from '../lab/waiting.ts';
import { startSlack } from '../servers/slack/start-slack.ts';
import { startTeams } from '../servers/teams/start-teams.ts';
import { createHastyClock } from './hasty-clock.ts';
import { type Estate, startEstate } from './start-estate.ts';

/** Ten minutes take ten seconds. */
const SPEED = 60;
const AWAY_MS = 10 * 60_000;

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** The whole program over the practice estate, on a clock that is ahead of the machine's. */
async function startProgram(estate: Estate, chats: Pick<ComposeOptions, 'slack' | 'teams'>) {
  const folder = mkdtempSync(join(tmpdir(), 'execfmt-away-'));
  ends.push(async () => rmSync(folder, { recursive: true }));
  const file = join(folder, 'execfmt.yaml');
  writeFileSync(
    file,
    `${estate.configuration(3)}\nchat: { slack: {}, teams: {} }\npublicUrl: "https://execfmt.example"\n`,
  );
  const clock = createHastyClock(SPEED);
  const { log, lines } = createLog();
  const store = join(folder, 'execfmt.db');
  const composition = await compose(await readConfig(file), {
    log,
    store,
    clock,
    resetPractice: null,
    followForMs: 0,
    ...chats,
  });
  ends.push(() => composition.stop());
  return { clock, lines, composition };
}

type Program = Awaited<ReturnType<typeof startProgram>>;

async function awayFor(
  { clock }: Program,
  goAway: () => Promise<unknown>,
  comeBack: () => Promise<unknown>,
  meanwhile: () => Promise<unknown>,
) {
  const from = clock.now().getTime();
  await goAway();
  await meanwhile();
  await clock.sleep(Math.max(0, from + AWAY_MS - clock.now().getTime()));
  const until = clock.now().getTime();
  await comeBack();
  return { from, until };
}

const runOf = async ({ application }: Composition, target: string) =>
  (await application.runs(10)).find((each) => each.target === target)?.run ?? '';

/** When a run's verdict was reached, and how the thread tells it. */
async function verdictOf({ application }: Composition, run: string) {
  const event = (await application.events(run)).find(({ fact }) => fact.type === 'verdict-reached');
  const steps = (await application.events(run)).filter(({ fact }) => fact.type === 'step-finished');
  return { at: Date.parse(event?.at ?? ''), told: formatTime(event?.at ?? ''), steps: steps.length };
}

describe('ten minutes without', () => {
  it('Slack: what happened meanwhile is told afterwards, once, with its own times', { timeout: 120_000 }, async () => {
    const estate = await startEstate();
    ends.push(() => estate.stop());
    const slack = await startSlack();
    ends.push(() => slack.close());
    const { botToken, appToken, apiUrl } = slack;
    const program = await startProgram(estate, {
      teams: null,
      slack: { botToken, appToken, apiUrl, signingSecret: null },
    });
    const { composition } = program;
    await composition.application.start();
    await composition.slack?.start(composition.application);

    estate.engine.hold();
    await slack.command('svc-0');
    const parent = await waitFor('the parent', 10_000, async () => slack.messages()[0] ?? null);
    const run = await runOf(composition, 'svc-0');
    const { from, until } = await awayFor(program, slack.goAway, slack.comeBack, async () => {
      await estate.engine.open();
      await composition.application.diagnosed(run);
    });
    // The transcript comes as a file, without blocks.
    const thread = () =>
      slack.thread(parent.ts).flatMap(({ blocks, files }) => (files ? [] : [JSON.stringify(blocks)]));
    await waitFor('the thread', 40_000, async () => thread().some((text) => text.includes('It will not run')) || null);
    await waitFor('the socket', 20_000, async () => slack.sockets() === 1 || null);
    const { at, told, steps } = await verdictOf(composition, run);
    expect(at).toBeGreaterThanOrEqual(from);
    expect(at).toBeLessThan(until - AWAY_MS / 2);
    expect(thread().filter((text) => text.includes('It will not run'))).toEqual([expect.stringContaining(told)]);
    expect(thread()).toHaveLength(steps + 1);
    expect(new Set(thread()).size).toBe(steps + 1);
    expect(slack.messages()).toHaveLength(1);
    await slack.command('svc-1');
    await waitFor('a new thread', 20_000, async () => slack.messages()[1] ?? null);
  });

  it('Teams: what happened meanwhile is told afterwards, once, with its own times', { timeout: 120_000 }, async () => {
    const estate = await startEstate();
    ends.push(() => estate.stop());
    const teams = await startTeams();
    ends.push(() => teams.close());
    const { appId, password, tenant, issuer, loginUrl, scope, openIdUrl, graphUrl } = teams;
    const secrets = { appId, password, tenant, issuer, loginUrl, scope, openIdUrl, graphUrl };
    const program = await startProgram(estate, { slack: null, teams: secrets });
    const { composition } = program;
    if (composition.teams === null) throw new Error('Teams is not there.');
    const served = await serveRoute(composition.teams);
    ends.push(() => served.close());
    teams.deliverTo(served.url);
    await composition.application.start();
    await composition.teams.start(composition.application);

    estate.engine.hold();
    expect((await teams.mention('svc-0')).status).toBe(200);
    const own = () =>
      teams
        .messages()
        .filter(({ from }) => from === teams.bot)
        .map(({ card }) => JSON.stringify(card));
    await waitFor('the parent', 10_000, async () => own()[0] ?? null);
    const run = await runOf(composition, 'svc-0');
    const { from, until } = await awayFor(program, teams.goAway, teams.comeBack, async () => {
      await estate.engine.open();
      await composition.application.diagnosed(run);
    });
    const verdicts = () =>
      own()
        .slice(1)
        .filter((text) => text.includes('It will not run'));
    await waitFor('the verdict', 40_000, async () => verdicts().length > 0 || null);
    const { at, told, steps } = await verdictOf(composition, run);
    expect(at).toBeGreaterThanOrEqual(from);
    expect(at).toBeLessThan(until - AWAY_MS / 2);
    expect(verdicts()).toEqual([expect.stringContaining(told)]);
    const replies = own()
      .slice(1)
      .filter((text) => !text.includes('Teams takes no files'));
    expect(replies).toHaveLength(steps + 1);
    expect(new Set(replies).size).toBe(steps + 1);
  });

  it.each([
    ['the engine', 'engine', 'inconclusive'],
    ['the registry', 'registry', 'will-not-run'],
  ] as const)(
    '%s: a run ends with findings that say so, and the next one after it is whole',
    { timeout: 180_000 },
    async (_, gate, outcome) => {
      const estate = await startEstate();
      ends.push(() => estate.stop());
      const program = await startProgram(estate, { slack: null, teams: null });
      const { application } = program.composition;
      await application.start();
      const by = { id: 'web:ada', name: 'ada' };
      const diagnose = async (target: string) => {
        const conversation = { chat: 'web', id: 'page' } as const;
        const reply = await application.handle({
          by,
          conversation,
          delivery: target,
          what: { kind: 'command', text: target },
        });
        if (reply.kind !== 'run') throw new Error(`no run: ${JSON.stringify(reply)}`);
        await application.diagnosed(reply.run);
        return application.state(reply.run);
      };
      await awayFor(program, estate[gate].close, estate[gate].open, async () => {
        const state = await diagnose('svc-0');
        expect(state?.verdict?.verdict.outcome).toBe(outcome);
        expect(state?.failure ?? null).toBeNull();
        const unknown = state?.steps.filter(({ step }) => step.status === 'unknown') ?? [];
        expect(JSON.stringify(unknown)).toContain(estate[gate].address);
      });
      const after = await diagnose('svc-1');
      expect(after?.verdict?.verdict).toMatchObject({ outcome: 'will-not-run', fault: 'wrong-platform-image' });
      expect(JSON.stringify(after?.steps)).not.toContain('ECONNREFUSED');
    },
  );
});
