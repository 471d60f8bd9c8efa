import { afterEach, describe, expect, it } from 'vitest';
import type { IntentReply } from '../../src/ports/application.ts';
import { type Stage, type StageOptions, startStage } from './practice-stage.ts';

let stage: Stage | null = null;
afterEach(async () => {
  await stage?.stop();
  stage = null;
});
const start = async (options?: StageOptions) => {
  stage = await startStage(options);
  return stage;
};
const said = (reply: IntentReply) => (reply.kind === 'private' ? JSON.stringify(reply.card) : reply.kind);

describe('asking', () => {
  it('opens one run for two who ask at once', async () => {
    const { ask, application } = await start();
    const [first, second] = await Promise.all([ask('eve', 'pdf-renderer'), ask('ada', 'pdf-renderer')]);
    expect([first, second].map((reply) => reply.kind === 'run' && reply.joined).sort()).toEqual([false, true]);
    expect(first.kind === 'run' && second.kind === 'run' && first.run === second.run).toBe(true);
    if (first.kind === 'run') await application.diagnosed(first.run);
    expect(await application.runs(10)).toHaveLength(1);
  });

  it('opens a fresh run after the one before is diagnosed', async () => {
    const { diagnose } = await start();
    expect(await diagnose('eve')).not.toBe(await diagnose('eve'));
  });

  it('finds runs by a part of their id or target, and links each thread to its page', async () => {
    const publicUrl = 'https://execfmt.corp.io';
    const { diagnose, application } = await start({ configure: (config) => ({ ...config, publicUrl }) });
    const run = await diagnose('eve');
    for (const part of [run.toUpperCase(), 'DF-rend'])
      expect(await application.runs(10, part)).toMatchObject([{ run }]);
    expect(await application.runs(10, 'mailer')).toEqual([]);
    expect((await application.thread(run))?.parent.link?.url).toBe(`${publicUrl}/runs/${run}`);
  });

  it('takes a delivery once, however often it comes', async () => {
    const { ask, application } = await start();
    const replies = await Promise.all([ask('eve', 'pdf-renderer', 'd1'), ask('eve', 'pdf-renderer', 'd1')]);
    expect(replies.map(({ kind }) => kind).sort()).toEqual(['again', 'run']);
    const run = replies.find((reply) => reply.kind === 'run');
    if (run?.kind === 'run') await application.diagnosed(run.run);
  });

  it.each([
    ['pdf-rendrer', 'Did you mean pdf-renderer?'],
    ['renderer', 'Did you mean pdf-renderer?'],
    ['pdf-renderer on nowhere', 'nowhere'],
    ['pdf-renderer on practice-1', 'Did you mean practice-01?'],
    ['a b c', 'could not be read'],
    ['x'.repeat(300), 'could not be read'],
    ['help', 'A diagnosis changes nothing'],
    ['list', 'pdf-renderer'],
  ])('answers %j privately', async (text, part) =>
    expect(said(await (await start()).ask('eve', text))).toContain(part),
  );
});

describe('approving', () => {
  it('goes from the proposal to the recovery, and tells who did what', async () => {
    const { diagnose, press, ended, application, docker } = await start();
    const run = await diagnose('eve');
    expect(await press('eve', run, 'propose')).toEqual({ kind: 'nothing' });
    expect(await press('ada', run, 'approve')).toEqual({ kind: 'nothing' });
    const action = await ended(run);
    expect(action.finished?.outcome).toBe('succeeded');
    expect(action.phases.map(({ state }) => state)).toEqual(['done', 'done', 'done', 'done', 'done', 'done']);
    expect((await docker.getContainer('pdf-renderer').inspect()).State.Running).toBe(true);
    expect(await docker.listContainers({ all: true })).toHaveLength(1);
    expect((await application.events(run)).map(({ seq }) => seq)).toEqual(
      (await application.events(run)).map((_, index) => index + 1),
    );
  });

  it('tells those who may not who may, and records that they tried', async () => {
    const { diagnose, press, application } = await start();
    const run = await diagnose('eve');
    await press('eve', run, 'propose');
    expect(said(await press('mallory', run, 'approve'))).toContain('web:ada, web:grace');
    expect((await application.events(run)).filter(({ fact }) => fact.type === 'press-refused')).toHaveLength(1);
    expect((await application.state(run))?.actions[0]?.approvedBy).toEqual([]);
  });

  it('does not let the one who asked approve, unless the policy says so', async () => {
    const { diagnose, press } = await start();
    const run = await diagnose('ada');
    await press('ada', run, 'propose');
    expect(said(await press('ada', run, 'approve'))).toContain('You asked for this yourself');
  });

  it('starts one action when two approve at once', async () => {
    const { diagnose, press, ended, application } = await start();
    const run = await diagnose('eve');
    await press('eve', run, 'propose');
    await Promise.all([press('ada', run, 'approve'), press('grace', run, 'approve')]);
    await ended(run);
    expect((await application.events(run)).filter(({ fact }) => fact.type === 'action-started')).toHaveLength(1);
    expect((await application.events(run)).filter(({ fact }) => fact.type === 'action-finished')).toHaveLength(1);
  });

  it('makes one plan when two propose at once', async () => {
    const { diagnose, press, application } = await start();
    const run = await diagnose('eve');
    const replies = await Promise.all([press('eve', run, 'propose'), press('ada', run, 'propose')]);
    expect(replies.map(({ kind }) => kind).sort()).toEqual(['nothing', 'private']);
    expect((await application.state(run))?.actions).toHaveLength(1);
  });

  it('waits for as many as the policy wants, each counted once', async () => {
    const { diagnose, press, ended, application } = await start({ policy: { required: 2 } });
    const run = await diagnose('eve');
    await press('eve', run, 'propose');
    expect(await press('ada', run, 'approve')).toEqual({ kind: 'nothing' });
    expect(said(await press('ada', run, 'approve'))).toContain('approved this already');
    expect((await application.state(run))?.actions[0]?.started).toBe(false);
    await press('grace', run, 'approve');
    expect((await ended(run)).approvedBy.map(({ by }) => by.id)).toEqual(['web:ada', 'web:grace']);
  });

  it('counts no approval after the time is over, and closes the card', async () => {
    const { diagnose, press, application } = await start({ policy: { expiresInMs: 0 } });
    const run = await diagnose('eve');
    await press('eve', run, 'propose');
    await expect.poll(async () => (await application.state(run))?.actions[0]?.expired).toBe(true);
    await expect(press('ada', run, 'approve')).rejects.toThrow('no button');
  });

  it('refuses a button that belongs to another plan', async () => {
    const { diagnose, press, application } = await start();
    const run = await diagnose('eve');
    await press('eve', run, 'propose');
    const plan = (await application.state(run))?.actions[0]?.plan.id ?? '';
    const forged = { action: 'approve', run, subject: plan, hash: '0'.repeat(64) } as const;
    const by = { id: 'web:ada', name: 'ada' };
    const reply = await application.handle({
      by,
      conversation: { chat: 'web', id: 'page' },
      delivery: 'forged',
      what: { kind: 'press', press: forged },
    });
    expect(said(reply)).toContain('belongs to another plan');
    expect((await application.state(run))?.actions[0]?.approvedBy).toEqual([]);
  });

  it('is decided once when one declines and another approves at the same moment', async () => {
    const { diagnose, press, ended, application, docker } = await start();
    const run = await diagnose('eve');
    await press('eve', run, 'propose');
    const before = await docker.getContainer('pdf-renderer').inspect();
    await Promise.all([press('eve', run, 'decline'), press('ada', run, 'approve')]);
    const plan = (await application.state(run))?.actions[0];
    if (plan && plan.approvedBy.length > 0) await ended(run);
    const action = (await application.state(run))?.actions[0];
    expect([action?.withdrawn !== null, action?.started].filter(Boolean), 'declined or started, not both').toHaveLength(
      1,
    );
    const { Id } = await docker.getContainer('pdf-renderer').inspect();
    expect(Id === before.Id, 'nothing is done once it is declined').toBe(action?.withdrawn !== null);
  });

  it('shows every call before anybody approves, and whether the world is still the same', async () => {
    const { diagnose, press, application } = await start();
    const run = await diagnose('eve');
    await press('eve', run, 'propose');
    const shown = said(await press('mallory', run, 'preview'));
    for (const call of (await application.state(run))?.actions[0]?.plan.calls ?? ['no calls'])
      expect(shown).toContain(JSON.stringify(call).slice(1, -1));
    expect(shown).toContain('still as it was when this was proposed');
    expect((await application.events(run)).at(-1)?.fact.type).toBe('action-proposed');
  });

  it('keeps the reason of a refusal, and lets only the one who asked withdraw', async () => {
    const { diagnose, press, application } = await start();
    const run = await diagnose('eve');
    await press('eve', run, 'propose');
    expect(said(await press('ada', run, 'withdraw'))).toContain('Only eve');
    const button = (await application.thread(run))?.replies
      .at(-1)
      ?.card.buttons.find((one) => one.press.action === 'decline');
    if (!button) throw new Error('no button to decline');
    const by = { id: 'web:ada', name: 'ada' };
    const what = { kind: 'press', press: button.press, said: ' the fix is\nunder way ' } as const;
    await application.handle({ by, conversation: { chat: 'web', id: 'page' }, delivery: 'd9', what });
    expect((await application.state(run))?.actions[0]?.declined).toEqual({ by, reason: 'the fix is under way' });
    expect(JSON.stringify((await application.thread(run))?.replies.at(-1))).toContain('the fix is under way');
  });

  it('can be withdrawn by the one who asked, and not declined by strangers', async () => {
    const { diagnose, press, application } = await start();
    const run = await diagnose('eve');
    await press('eve', run, 'propose');
    expect(said(await press('mallory', run, 'decline'))).toContain('not among the approvers');
    await press('eve', run, 'decline');
    expect((await application.state(run))?.actions[0]?.withdrawn?.by.id).toBe('web:eve');
  });
});

describe('carrying out', () => {
  it('voids a plan when somebody else changed the container since, and says what changed', async () => {
    const { diagnose, press, application, docker } = await start();
    const run = await diagnose('eve');
    await press('eve', run, 'propose');
    const { Config, HostConfig } = await docker.getContainer('pdf-renderer').inspect();
    await docker.getContainer('pdf-renderer').remove({ force: true });
    const other = await docker.createContainer({
      name: 'pdf-renderer',
      Image: Config.Image,
      Cmd: Config.Cmd,
      Env: Config.Env,
      HostConfig,
    });
    expect(said(await press('ada', run, 'approve'))).toContain('does not hold any more');
    const action = (await application.state(run))?.actions[0];
    expect(action).toMatchObject({
      started: false,
      approvedBy: [],
      voidBecause: expect.stringContaining('another one'),
    });
    const plan = (await application.thread(run))?.replies.at(-1)?.card;
    expect([JSON.stringify(plan?.parts).includes('What changed'), plan?.buttons]).toEqual([true, []]);
    expect((await docker.getContainer('pdf-renderer').inspect()).Id).toBe(other.id);
  });

  it('puts the old container back when the new one does not prove itself', async () => {
    const { diagnose, press, ended, docker } = await start({ verification: { stableForMs: 60_000, timeoutMs: 500 } });
    const before = await docker.getContainer('pdf-renderer').inspect();
    const run = await diagnose('eve');
    await press('eve', run, 'propose');
    await press('ada', run, 'approve');
    const action = await ended(run);
    expect(action.finished?.outcome).toBe('restored');
    const after = await docker.getContainer('pdf-renderer').inspect();
    expect(after.Id).toBe(before.Id);
    expect(after.HostConfig.RestartPolicy).toEqual(before.HostConfig.RestartPolicy);
    expect(await docker.listContainers({ all: true })).toHaveLength(1);
  });

  it('diagnoses a healthy service as running, and offers nothing', async () => {
    const { diagnose, press, ended, application } = await start();
    const run = await diagnose('eve');
    await press('eve', run, 'propose');
    await press('ada', run, 'approve');
    await ended(run);
    const state = await application.state(await diagnose('eve'));
    expect(state?.verdict?.verdict).toMatchObject({ outcome: 'runs', fault: 'none' });
    expect(state?.verdict?.remedies).toEqual([]);
  });

  it('begins anew when the practice is reset', async () => {
    const { diagnose, press, ended, ask, application } = await start();
    const run = await diagnose('eve');
    await press('eve', run, 'propose');
    await press('ada', run, 'approve');
    await ended(run);
    expect(said(await ask('eve', 'practice'))).toContain('back at its start');
    const state = await application.state(await diagnose('eve'));
    expect(state?.verdict?.verdict.fault).toBe('wrong-platform-image');
  });
});
