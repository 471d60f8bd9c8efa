import { describe, expect, it } from 'vitest';
import type { RunFact } from '../../src/run/events.ts';
import { foldRun } from '../../src/run/run-state.ts';
import { permalinkOf } from '../../src/view/permalink.ts';
import { threadOf } from '../../src/view/thread.ts';
import {
  approvals,
  approver,
  digestOfV2,
  digestOfV3,
  eventsOf,
  opened,
  plan,
  reached,
  step,
} from '../run/sample-run.ts';

const view = (...facts: RunFact[]) => {
  const state = foldRun(eventsOf(opened, ...facts));
  if (!state) throw new Error('opened');
  return threadOf(state);
};
const proposed: RunFact = { type: 'action-proposed', plan, approvals };
const approved: RunFact = { type: 'action-approved', plan: 'p1', by: approver, given: 1, required: 1 };
const text = (value: unknown) => JSON.stringify(value);

describe('threadOf', () => {
  it('tells one reply a step, in order, then the verdict', () => {
    const { replies } = view(
      { type: 'step-finished', step: step('host') },
      { type: 'step-finished', step: step('tag') },
      reached,
    );
    expect(replies.map(({ key }) => key)).toEqual(['step:host', 'step:tag', 'verdict']);
  });

  it('offers a button for each digest, and only for digests', () => {
    const verdict = view(reached).replies.find(({ key }) => key === 'verdict')?.card;
    expect(verdict?.buttons.map(({ label, press }) => [label, press.action])).toEqual([
      ['Roll back to v2', 'propose'],
      ['Run again', 'again'],
      ['Whole transcript', 'command'],
    ]);
  });

  it('says first what is wrong and what to do, then marks the reading that disagrees, then gives the commands', () => {
    const host = { ...step('host', 'linux x86_64'), status: 'ok' as const };
    const image = step('image', 'linux/arm64').findings.map((finding) => ({
      ...finding,
      check: 'Platform of the local image',
      command: 'docker image inspect v3',
    }));
    const elsewhere = image.map((finding) => ({
      ...finding,
      command: 'docker -H render-02 info',
      where: { kind: 'docker' as const, host: 'render-02', container: 'pdf-renderer' },
    }));
    const { replies } = view(
      { type: 'step-finished', step: host },
      { type: 'step-finished', step: { ...step('image'), findings: [...image, ...image, ...elsewhere] } },
      reached,
    );
    const parts = replies.find(({ key }) => key === 'verdict')?.card.parts ?? [];
    expect(parts.map(({ kind }) => kind)).toEqual(['text', 'text', 'list', 'facts', 'facts', 'text', 'code', 'note']);
    expect(parts[0]).toMatchObject({ text: expect.stringContaining('/app/render is for arm64') });
    expect(parts[3]).toEqual({
      kind: 'facts',
      facts: [
        { label: 'Host', value: 'linux x86_64', odd: false },
        { label: 'Image as pulled', value: 'linux/arm64', odd: true },
      ],
    });
    expect(parts[6]).toEqual({ kind: 'code', text: 'docker info\ndocker image inspect v3' });
  });

  it('tells what would not help apart from what to do', () => {
    const useless = { kind: 'repull', fit: 'useless', because: 'the same bytes' } as const;
    const facts = { ...reached, remedies: [useless, ...(reached.type === 'verdict-reached' ? reached.remedies : [])] };
    const parts = view(facts as RunFact).replies.find(({ key }) => key === 'verdict')?.card.parts ?? [];
    const lists = parts.flatMap((part) => (part.kind === 'list' ? [part] : []));
    expect(lists.map(({ ordered, items }) => [ordered, items.length])).toEqual([
      [true, 2],
      [false, 1],
    ]);
    expect(lists[1]?.items).toEqual(['repull (would not help): the same bytes']);
  });

  it('says of many findings how many are enough', () => {
    const [finding] = step('host').findings;
    const many = Array.from({ length: 9 }, (_, at) => ({ ...finding!, check: `check ${at}` }));
    const cards = view(
      { type: 'step-finished', step: { ...step('host'), findings: many } },
      { type: 'step-finished', step: { ...step('image'), findings: many.slice(0, 4) } },
    ).replies.map(({ card }) => card);
    expect(cards.map(({ parts, enough }) => [parts.length, enough])).toEqual([
      [28, 12],
      [13, undefined],
    ]);
  });

  it('offers the transcript in chats alone, and says in each what gives all of it', () => {
    const onPage = foldRun(eventsOf({ ...opened, conversation: { chat: 'web', id: 'page' } } as RunFact, reached));
    const verdict = onPage && threadOf(onPage).replies.find(({ key }) => key === 'verdict')?.card;
    expect(verdict?.buttons.map(({ label }) => label)).not.toContain('Whole transcript');
    const cards = view({ type: 'step-finished', step: step('host') }, reached).replies.map(({ card }) => card);
    expect(cards.map(({ whole }) => whole)).toEqual(Array(2).fill('/execfmt transcript r-test'));
  });

  it('offers nothing where nobody may approve, and says so', () => {
    const verdict = view({ ...reached, approvals: null } as RunFact).replies.find(({ key }) => key === 'verdict')?.card;
    expect(verdict?.buttons.map(({ press }) => press.action)).toEqual(['again', 'command']);
    expect(text(verdict)).toContain('Diagnosis only');
  });

  it('takes the offer away while a plan waits, and brings it back when it came to nothing', () => {
    const offers = (...facts: RunFact[]) => {
      const card = view(reached, proposed, ...facts).replies.find(({ key }) => key === 'verdict')?.card;
      return card?.buttons.some(({ press }) => press.action === 'propose');
    };
    expect(offers()).toBe(false);
    expect(offers({ type: 'action-started', plan: 'p1' })).toBe(false);
    expect(offers({ type: 'action-declined', plan: 'p1', by: approver })).toBe(true);
    expect(offers({ type: 'action-expired', plan: 'p1' })).toBe(true);
  });

  it('confirms with both whole digests, who may approve, and until when', () => {
    const card = view(reached, proposed).replies.find(({ key }) => key === 'plan:p1')?.card;
    for (const part of [digestOfV2, digestOfV3, approver.id, '09:30:00 UTC']) expect(text(card)).toContain(part);
    const approve = card?.buttons.find(({ label }) => label === 'Approve');
    expect(approve?.press).toEqual({ action: 'approve', run: 'r-test', subject: 'p1', hash: 'h1' });
    expect(approve?.confirm?.text).toContain(digestOfV2);
    expect(approve?.confirm?.text.length).toBeLessThanOrEqual(300);
  });

  it('spends the buttons once it is decided', () => {
    for (const decided of [
      { type: 'action-started', plan: 'p1' },
      { type: 'action-expired', plan: 'p1' },
    ] satisfies RunFact[]) {
      expect(
        view(reached, proposed, approved, decided).replies.find(({ key }) => key === 'plan:p1')?.card.buttons,
      ).toEqual([]);
    }
  });

  it('is settled when diagnosed, not while an action waits or runs, and settled again when it has ended', () => {
    expect(view().settled).toBe(false);
    expect(view(reached).settled).toBe(true);
    expect(view(reached, proposed).settled).toBe(false);
    expect(view(reached, proposed, approved, { type: 'action-started', plan: 'p1' }).settled).toBe(false);
    const finished: RunFact = {
      type: 'action-finished',
      plan: 'p1',
      outcome: 'succeeded',
      detail: 'It runs.',
      impact: [],
      sinceOpenedMs: 192_000,
    };
    const ended = view(reached, proposed, approved, { type: 'action-started', plan: 'p1' }, finished);
    expect(ended.settled).toBe(true);
    expect(text(ended.parent)).toContain('recovered');
    expect(text(ended.replies)).toContain('Recovered after 3 min 12 s, measured from the command.');
  });

  it('shows the numbers before and after', () => {
    const reading = (value: number, second: string) => ({
      type: 'impact-read' as const,
      plan: 'p1',
      impact: [
        {
          name: 'jobs waiting',
          series: 's',
          value,
          at: `2026-11-21T09:00:${second}.000Z`,
          recovers: 'falling' as const,
          unit: null,
        },
      ],
    });
    const phase: RunFact = {
      type: 'action-phase',
      plan: 'p1',
      phase: 'pull',
      title: 'pulling',
      state: 'done',
      detail: '',
    };
    const { replies } = view(reached, proposed, phase, reading(1500, '20'), reading(1500, '25'), reading(0, '40'));
    expect(text(replies.find(({ key }) => key === 'action:p1'))).toContain('1,847 → 1,500 → 0');
  });

  it('leads from the parent to the run’s page, where there is one', () => {
    const state = foldRun(eventsOf(opened));
    if (!state) throw new Error('opened');
    expect(threadOf(state).parent).not.toHaveProperty('link');
    const { parent } = threadOf(state, permalinkOf('https://execfmt.corp.io/', state.run));
    expect(parent.link).toMatchObject({ url: `https://execfmt.corp.io/runs/${state.run}` });
    expect(permalinkOf(null, state.run)).toBeNull();
    expect(permalinkOf('https://execfmt.corp.io/bot', 'a b/<')).toBe('https://execfmt.corp.io/bot/runs/a%20b%2F%3C');
  });

  it('marks practice on every card', () => {
    const { parent, replies } = view(
      { type: 'located', places: [], practice: true },
      { type: 'step-finished', step: step('host') },
      reached,
      proposed,
    );
    expect([parent, ...replies.map(({ card }) => card)].every(({ practice }) => practice)).toBe(true);
  });
});
