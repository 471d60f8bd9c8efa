import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { startPractice } from '../../adapters/practice/start-practice.ts';
import { compose } from '../../src/cli/compose.ts';
import { defaultConfig } from '../../src/cli/load-config.ts';
import { withPractice } from '../../src/cli/practice-config.ts';
import { createLog, serveRoute } from '../chat/teams/start-chat.ts';
import { waitFor } from '../lab/waiting.ts';
import { startTeams, type TeamsServer } from '../servers/teams/start-teams.ts';
import type { TeamsMessage } from '../servers/teams/world.ts';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const textOf = (message: TeamsMessage | undefined) => JSON.stringify(message?.card ?? {});
const messageWith = (teams: TeamsServer, part: string, room = teams.channel) =>
  waitFor(
    `a message with ${part}`,
    30_000,
    async () => teams.messages(room).find((each) => textOf(each).includes(part)) ?? null,
  );

/** The practice incident and a Teams. */
async function startWorld() {
  const teams = await startTeams();
  ends.push(() => teams.close());
  const practice = await startPractice({ drainSeconds: 3 });
  ends.push(() => practice.stop());
  return { teams, practice };
}

/** The whole program between them. Ben may approve, unless a group is named. */
async function startProgram(
  { teams, practice }: Awaited<ReturnType<typeof startWorld>>,
  store: string,
  approver = `teams:${teams.world.user('ben').object}`,
) {
  const own = { ...defaultConfig(), hosts: [], verification: { stableForMs: 300, timeoutMs: 10_000 } };
  const config = withPractice(own, practice, 'web:nobody');
  const approvals = config.approvals.map((policy) => ({ ...policy, approvers: [approver], allowSelf: false }));
  const { appId, password, tenant, issuer, loginUrl, scope, openIdUrl, graphUrl } = teams;
  const { log, lines } = createLog();
  const composition = await compose(
    { ...config, approvals, publicUrl: 'https://execfmt.example' },
    {
      ...{ log, store, resetPractice: null, slack: null, followForMs: 0 },
      teams: { appId, password, tenant, issuer, loginUrl, scope, openIdUrl, graphUrl },
    },
  );
  const chat = composition.teams;
  if (chat === null) throw new Error('Teams is not there.');
  const served = await serveRoute(chat);
  let ended: Promise<void> | null = null;
  const end = () => {
    ended ??= composition.stop().then(() => served.close());
    return ended;
  };
  ends.push(end);
  teams.deliverTo(served.url);
  await composition.application.start();
  await chat.start(composition.application);
  return { lines, end };
}

describe('the incident in Teams', () => {
  it('goes from the mention to the recovered service', { timeout: 60_000 }, async () => {
    const world = await startWorld();
    const { teams } = world;
    const { lines } = await startProgram(world, ':memory:');
    const asked = await teams.mention('pdf-renderer', { user: 'anna' });
    expect(asked.status).toBe(200);

    const verdict = await messageWith(teams, 'It will not run');
    for (const part of ['wrong-platform-image', 'differs']) expect(textOf(verdict)).toContain(part);
    const thread = (asked.activity.conversation as { id: string }).id;
    expect(new Set(teams.messages().map(({ conversation }) => conversation))).toEqual(new Set([thread]));
    const steps = teams.messages().map(({ card }) => / (\d)\. /.exec(JSON.stringify(card?.body[0]))?.[1]);
    expect(steps.filter((step) => step !== undefined)).toEqual(['1', '2', '3', '4', '5', '6', '7', '8']);

    const button = verdict.card?.actions?.find(({ title }) => title?.startsWith('Roll back to'))?.title ?? '';
    expect((await teams.press(verdict, button, 'anna')).body?.statusCode).toBe(200);
    const plan = await messageWith(teams, 'Roll back pdf-renderer to');
    expect(await teams.refresh(plan, 'anna')).toBeNull();
    const seen = await teams.refresh(plan, 'ben');
    expect(JSON.stringify(seen?.body)).toContain('You are asked to approve this.');

    const refusal = await teams.press(plan, 'Approve', 'anna');
    expect(refusal.body).toMatchObject({ type: 'application/vnd.microsoft.activity.message' });
    expect(String(refusal.body?.value)).toContain('You asked for this yourself');

    await Promise.all([teams.press(plan, 'Approve', 'ben'), teams.press(plan, 'Approve', 'ben')]);
    const outcome = await messageWith(teams, 'Recovered');
    expect(textOf(outcome)).toContain(' → ');
    await waitFor(
      'the parent to say so',
      20_000,
      async () => textOf(teams.messages()[0]).includes('recovered') || null,
    );
    const transcript = await messageWith(teams, 'Teams takes no files');
    expect(textOf(transcript)).toContain('chain head');
    expect(teams.messages().filter((each) => textOf(each).includes('Teams takes no files'))).toHaveLength(1);
    expect(textOf(teams.messages().find(({ id }) => id === plan.id))).not.toContain('Action.Execute');
    expect(teams.calls.filter(({ status }) => status >= 400)).toEqual([]);
    expect(lines.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it.each([
    ['a group chat', '19:group@thread.v2', 'groupChat'],
    ['a chat with one person', 'a:alone-anna', 'personal'],
  ] as const)('is told in %s, and its buttons work there', { timeout: 60_000 }, async (_, room, kind) => {
    const world = await startWorld();
    const { teams } = world;
    teams.world.room(room, kind, ['anna', 'ben']);
    const { lines } = await startProgram(world, ':memory:');
    await teams.mention('pdf-renderer', { user: 'anna', room });
    const verdict = await messageWith(teams, 'It will not run', room);
    const button = verdict.card?.actions?.find(({ title }) => title?.startsWith('Roll back to'))?.title ?? '';
    await teams.press(verdict, button, 'anna');
    const plan = await messageWith(teams, 'Roll back pdf-renderer to', room);
    // In a chat with one person nobody else can approve.
    if (kind === 'groupChat') {
      await teams.press(plan, 'Approve', 'ben');
      await messageWith(teams, 'Recovered', room);
    } else {
      expect(String((await teams.press(plan, 'Approve', 'anna')).body?.value)).toContain('You asked for this yourself');
    }
    expect(teams.messages()).toEqual([]);
    expect(lines.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('asks Graph at the press who is in a group of approvers', { timeout: 60_000 }, async () => {
    const world = await startWorld();
    const { teams } = world;
    const group = 'aaaaaaaa-0000-4000-8000-000000000001';
    teams.setGroup(group, [teams.world.user('anna').object]);
    const { lines } = await startProgram(world, ':memory:', `teams-group:${group}`);
    await teams.mention('pdf-renderer', { user: 'anna' });
    const verdict = await messageWith(teams, 'It will not run');
    const button = verdict.card?.actions?.find(({ title }) => title?.startsWith('Roll back to'))?.title ?? '';
    await teams.press(verdict, button, 'anna');
    const plan = await messageWith(teams, 'Roll back pdf-renderer to');
    const press = async () => String((await teams.press(plan, 'Approve', 'ben')).body?.value);
    expect(await press()).toContain('You are not among the approvers');
    teams.setGroup(group, [teams.world.user('ben').object]);
    teams.grant();
    expect(await press()).toContain('You are not among the approvers');
    expect(JSON.stringify(lines)).toContain('GroupMember.Read.All');
    teams.grant('User.Read.All', 'GroupMember.Read.All');
    await press();
    await messageWith(teams, 'Recovered');
  });

  it('goes on in the same thread after a restart', { timeout: 60_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'execfmt-teams-'));
    ends.push(async () => rmSync(folder, { recursive: true, force: true }));
    const world = await startWorld();
    const { teams } = world;
    const first = await startProgram(world, join(folder, 'execfmt.db'));
    await teams.mention('pdf-renderer', { user: 'anna' });
    const verdict = await messageWith(teams, 'It will not run');
    await first.end();

    const second = await startProgram(world, join(folder, 'execfmt.db'));
    const before = teams.messages().length;
    await teams.retry();
    const button = verdict.card?.actions?.find(({ title }) => title?.startsWith('Roll back to'))?.title ?? '';
    await teams.press(verdict, button, 'anna');
    const plan = await messageWith(teams, 'Roll back pdf-renderer to');
    expect(plan.conversation).toBe(verdict.conversation);
    await waitFor(
      'the parent to say so',
      20_000,
      async () => textOf(teams.messages()[0]).includes('waiting for approval') || null,
    );
    expect(teams.messages()).toHaveLength(before + 1);
    expect(second.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });
});
