import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Intent } from '../../src/ports/application.ts';
import type { Journal } from '../../src/ports/journal.ts';
import type { EventDraft } from '../../src/run/events.ts';
import { waitFor } from '../lab/waiting.ts';

/** A journal under test, and another one over the same store, as a second process would have it (null: there is none). */
export interface JournalUnderTest {
  readonly journal: Journal;
  readonly second: Journal | null;
  cleanUp(): Promise<void>;
}

const noon = new Date('2026-11-21T12:00:00.000Z');
const after = (seconds: number) => new Date(noon.getTime() + seconds * 1_000);
const draft = (key: string, message = key): EventDraft => ({ key, fact: { type: 'failed', message } });
const first: EventDraft = {
  key: 'opened',
  fact: {
    type: 'opened',
    target: 'pdf-renderer',
    on: null,
    by: { id: 'web:ann', name: 'Ann “O’Neil” \u{1f680}' },
    conversation: { chat: 'web', id: 'page' },
    practice: false,
  },
};

/** What every journal does, whatever it is kept in. `alone`: no second process can have it. */
export function journalContract(name: string, make: () => Promise<JournalUnderTest>, alone = false): void {
  describe(`${name} as a journal`, () => {
    let under: JournalUnderTest;
    let journal: Journal;
    let second: Journal;
    beforeEach(async () => {
      under = await make();
      journal = under.journal;
      second = under.second ?? under.journal;
    });
    afterEach(() => under.cleanUp());

    openingRuns(() => [journal, second]);
    appendingEvents(() => [journal, second]);
    tellingChats(() => [journal, second]);
    keepingIntents(() => [journal, second]);
    keepingLeases(() => [journal, second]);
    if (alone) return;
    takingLeases(() => [journal, second]);
    watching(() => under);
  });
}

function openingRuns(get: () => [Journal, Journal]): void {
  it('opens a run with its first event', async () => {
    const [journal, second] = get();
    expect(await journal.open('r-aaaaaa', 'pdf-renderer', first, noon)).toEqual({ run: 'r-aaaaaa', opened: true });
    expect(await second.read('r-aaaaaa')).toEqual([
      { run: 'r-aaaaaa', seq: 1, key: 'opened', at: '2026-11-21T12:00:00.000Z', fact: first.fact },
    ]);
  });

  it('gives the open run of a target back, and leaves it as it is', async () => {
    const [journal, second] = get();
    await journal.open('r-aaaaaa', 'pdf-renderer', first, noon);
    expect(await second.open('r-bbbbbb', 'pdf-renderer', first, noon)).toEqual({ run: 'r-aaaaaa', opened: false });
    expect(await journal.read('r-bbbbbb')).toEqual([]);
    expect(await journal.read('r-aaaaaa')).toHaveLength(1);
    expect(await journal.open('r-cccccc', 'mailer', first, noon)).toEqual({ run: 'r-cccccc', opened: true });
  });

  it('opens exactly one of many at once', async () => {
    const [journal, second] = get();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        (index % 2 ? journal : second).open(`r-${index}`, 'pdf-renderer', first, noon),
      ),
    );
    expect(answers.filter(({ opened }) => opened)).toHaveLength(1);
    expect(new Set(answers.map(({ run }) => run)).size).toBe(1);
  });

  it('opens a target again once its run is closed, and still appends to the closed one', async () => {
    const [journal] = get();
    await journal.open('r-aaaaaa', 'pdf-renderer', first, noon);
    await journal.close('r-aaaaaa');
    expect(await journal.open('r-bbbbbb', 'pdf-renderer', first, noon)).toEqual({ run: 'r-bbbbbb', opened: true });
    expect(await journal.append('r-aaaaaa', [draft('late')], noon)).toHaveLength(1);
  });

  it('never uses an id a second time', async () => {
    const [journal] = get();
    await journal.open('r-aaaaaa', 'pdf-renderer', first, noon);
    await journal.close('r-aaaaaa');
    await expect(journal.open('r-aaaaaa', 'mailer', first, noon)).rejects.toThrow();
    expect(await journal.read('r-aaaaaa')).toHaveLength(1);
  });

  it('lists the newest first, no more than asked for', async () => {
    const [journal] = get();
    await journal.open('r-aaaaaa', 'one', first, after(10));
    await journal.open('r-bbbbbb', 'two', first, after(30));
    await journal.open('r-cccccc', 'three', first, after(20));
    expect(await journal.list(2)).toEqual([
      { run: 'r-bbbbbb', target: 'two', openedAt: '2026-11-21T12:00:30.000Z' },
      { run: 'r-cccccc', target: 'three', openedAt: '2026-11-21T12:00:20.000Z' },
    ]);
    expect(await journal.list(100)).toHaveLength(3);
  });

  it.each([
    ['PDF', ['r-cccccc', 'r-aaaaaa']],
    ['r-b', ['r-bbbbbb']],
    ['R-A', ['r-aaaaaa']],
    ['f_b', ['r-cccccc']],
    ['100%', ['r-bbbbbb']],
    ['%', ['r-bbbbbb']],
    ['_', ['r-cccccc']],
    ['\\', []],
    ["' OR 1=1 --", []],
    ['', ['r-cccccc', 'r-bbbbbb', 'r-aaaaaa']],
  ])('lists what has %s in its id or target, and takes it letter by letter', async (matching, runs) => {
    const [journal] = get();
    await journal.open('r-aaaaaa', 'pdf-renderer', first, after(10));
    await journal.open('r-bbbbbb', '100%-mailer', first, after(20));
    await journal.open('r-cccccc', 'docs/pdf_batch', first, after(30));
    expect((await journal.list(10, matching)).map(({ run }) => run)).toEqual(runs);
    expect(await journal.list(1, matching)).toHaveLength(Math.min(1, runs.length));
  });
}

function appendingEvents(get: () => [Journal, Journal]): void {
  it('numbers events without gaps and gives back what was new', async () => {
    const [journal] = get();
    await journal.open('r-aaaaaa', 'pdf-renderer', first, noon);
    const added = await journal.append('r-aaaaaa', [draft('a'), draft('b')], after(1));
    expect(added.map(({ seq, key, at }) => [seq, key, at])).toEqual([
      [2, 'a', '2026-11-21T12:00:01.000Z'],
      [3, 'b', '2026-11-21T12:00:01.000Z'],
    ]);
    expect((await journal.read('r-aaaaaa')).slice(1)).toEqual(added);
  });

  it('leaves a key that the run has as it was, also within one call', async () => {
    const [journal] = get();
    await journal.open('r-aaaaaa', 'pdf-renderer', first, noon);
    await journal.append('r-aaaaaa', [draft('a', 'as it was')], noon);
    const added = await journal.append('r-aaaaaa', [draft('a', 'other'), draft('b'), draft('b', 'other')], after(1));
    expect(added.map(({ seq, key }) => [seq, key])).toEqual([[3, 'b']]);
    expect(await journal.append('r-aaaaaa', [draft('a'), draft('b')], after(2))).toEqual([]);
    const events = await journal.read('r-aaaaaa');
    expect(events.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(events[1]?.fact).toEqual({ type: 'failed', message: 'as it was' });
  });

  it('keeps the keys of two runs apart', async () => {
    const [journal] = get();
    await journal.open('r-aaaaaa', 'one', first, noon);
    await journal.open('r-bbbbbb', 'two', first, noon);
    await journal.append('r-aaaaaa', [draft('a')], noon);
    expect(await journal.append('r-bbbbbb', [draft('a')], noon)).toHaveLength(1);
  });

  it('has no gaps and no doubles when two write at once', async () => {
    const [journal, second] = get();
    await journal.open('r-aaaaaa', 'pdf-renderer', first, noon);
    await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        (index % 2 ? journal : second).append('r-aaaaaa', [draft(`key ${index >> 1}`)], noon),
      ),
    );
    const events = await journal.read('r-aaaaaa');
    expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: 21 }, (_, index) => index + 1));
    expect(new Set(events.map(({ key }) => key)).size).toBe(21);
  });

  it('refuses to append to a run that was never opened', async () => {
    const [journal] = get();
    await expect(journal.append('r-nobody', [draft('a')], noon)).rejects.toThrow();
    expect(await journal.read('r-nobody')).toEqual([]);
  });
}

function tellingChats(get: () => [Journal, Journal]): void {
  it('lets a key be claimed once', async () => {
    const [journal, second] = get();
    expect(await journal.claim('delivery 1', noon)).toBe(true);
    expect(await journal.claim('delivery 1', after(1))).toBe(false);
    const claims = await Promise.all([journal, second, journal, second].map((each) => each.claim('delivery 2', noon)));
    expect(claims.filter(Boolean)).toHaveLength(1);
  });

  it('forgets claims that are older than asked', async () => {
    const [journal] = get();
    await journal.claim('old', noon);
    await journal.claim('new', after(60));
    await journal.forgetClaims(after(30));
    expect(await journal.claim('new', after(61))).toBe(false);
    expect(await journal.claim('old', after(61))).toBe(true);
  });

  it('remembers where a message stands, for each run and chat', async () => {
    const [journal, second] = get();
    await journal.open('r-aaaaaa', 'one', first, noon);
    await journal.setPosted('r-aaaaaa', 'slack', 'parent', { ref: null, version: 'v1' });
    await journal.setPosted('r-aaaaaa', 'slack', 'step:host', { ref: 'C1/17.2', version: 'v1' });
    await journal.setPosted('r-aaaaaa', 'slack', 'parent', { ref: 'C1/17.1', version: 'v2' });
    await journal.setPosted('r-aaaaaa', 'teams', 'parent', { ref: 't', version: 'v9' });
    expect(await second.posted('r-aaaaaa', 'slack')).toEqual(
      new Map([
        ['parent', { ref: 'C1/17.1', version: 'v2' }],
        ['step:host', { ref: 'C1/17.2', version: 'v1' }],
      ]),
    );
    expect(await journal.posted('r-bbbbbb', 'slack')).toEqual(new Map());
  });

  it('knows which runs a chat was not told to the end', async () => {
    const [journal] = get();
    await journal.open('r-aaaaaa', 'one', first, noon);
    await journal.open('r-bbbbbb', 'two', first, noon);
    expect(await journal.untold('slack')).toEqual(['r-aaaaaa', 'r-bbbbbb']);
    await journal.setTold('r-aaaaaa', 'slack', 1);
    expect(await journal.untold('slack')).toEqual(['r-bbbbbb']);
    expect(await journal.untold('teams')).toEqual(['r-aaaaaa', 'r-bbbbbb']);
    await journal.append('r-aaaaaa', [draft('a')], noon);
    expect(await journal.untold('slack')).toEqual(['r-aaaaaa', 'r-bbbbbb']);
    await journal.setTold('r-aaaaaa', 'slack', 2);
    await journal.setTold('r-aaaaaa', 'slack', 1);
    expect(await journal.untold('slack')).toEqual(['r-bbbbbb']);
  });
}

function keepingIntents(get: () => [Journal, Journal]): void {
  const press: Intent = {
    by: { id: 'slack:U0ADA', name: 'Ada “O’Neil” \u{1f680}' },
    conversation: { chat: 'slack', id: 'T0/C0' },
    delivery: '1.2',
    what: {
      kind: 'press',
      press: { action: 'approve', run: 'r-aaaaaa', subject: 'p1', hash: 'abc' },
      said: "it's\nso",
    },
  };
  const command: Intent = { ...press, delivery: '1.3', what: { kind: 'command', text: 'pdf-renderer' } };

  it('keeps an intent that is received, for every process, until it is handled', async () => {
    const [journal, second] = get();
    expect(await journal.receive('slack:1.3', command, after(2))).toBe(true);
    expect(await journal.receive('slack:1.2', press, after(1))).toBe(true);
    const kept = [
      { key: 'slack:1.2', intent: press, at: after(1) },
      { key: 'slack:1.3', intent: command, at: after(2) },
    ];
    expect(await second.unhandled(after(3))).toEqual(kept);
    expect(await second.unhandled(after(2))).toEqual(kept.slice(0, 1));
    await second.handled('slack:1.2');
    await second.handled('slack:1.2');
    expect(await journal.unhandled(after(3))).toEqual(kept.slice(1));
  });

  it('receives a key once, also after it was handled, and not one that was claimed', async () => {
    const [journal, second] = get();
    const all = await Promise.all([journal, second, journal, second].map((each) => each.receive('a', press, noon)));
    expect(all.filter(Boolean)).toHaveLength(1);
    expect(await journal.unhandled(after(1))).toHaveLength(1);
    await journal.handled('a');
    expect(await second.receive('a', press, noon)).toBe(false);
    expect(await second.claim('a', noon)).toBe(false);
    await journal.claim('b', noon);
    expect(await second.receive('b', press, noon)).toBe(false);
    expect(await journal.unhandled(after(1))).toEqual([]);
  });

  it('forgets what nobody handled together with the claims', async () => {
    const [journal] = get();
    await journal.receive('old', press, noon);
    await journal.receive('new', command, after(60));
    await journal.forgetClaims(after(30));
    expect((await journal.unhandled(after(90))).map(({ key }) => key)).toEqual(['new']);
    expect(await journal.receive('old', press, after(61))).toBe(true);
  });
}

function keepingLeases(get: () => [Journal, Journal]): void {
  it('gives a lease to one process, which may take it again', async () => {
    const [journal] = get();
    expect(await journal.lease('post r-aaaaaa', 60_000)).toBe(true);
    expect(await journal.lease('post r-aaaaaa', 60_000)).toBe(true);
  });
}

function takingLeases(get: () => [Journal, Journal]): void {
  it('gives a lease to another process after it was given up', async () => {
    const [journal, second] = get();
    expect(await journal.lease('post r-aaaaaa', 60_000)).toBe(true);
    expect(await second.lease('post r-aaaaaa', 60_000)).toBe(false);
    expect(await second.lease('post r-bbbbbb', 60_000)).toBe(true);
    await second.release('post r-aaaaaa');
    expect(await second.lease('post r-aaaaaa', 60_000)).toBe(false);
    await journal.release('post r-aaaaaa');
    expect(await second.lease('post r-aaaaaa', 60_000)).toBe(true);
    expect(await journal.lease('post r-aaaaaa', 60_000)).toBe(false);
  });

  it('gives one of many at once the lease', async () => {
    const [journal, second] = get();
    const names = Array.from({ length: 20 }, (_, index) => `lease ${index}`);
    const [mine, theirs] = await Promise.all(
      [journal, second].map((each) => Promise.all(names.map((name) => each.lease(name, 60_000)))),
    );
    expect(names.map((_, index) => Number(mine?.[index]) + Number(theirs?.[index]))).toEqual(names.map(() => 1));
  });

  it('lets a lease go over once its time has passed', async () => {
    const [journal, second] = get();
    expect(await journal.lease('short', 300)).toBe(true);
    expect(await second.lease('short', 60_000)).toBe(false);
    await waitFor('the lease to pass', 20_000, async () => (await second.lease('short', 60_000)) || null);
    expect(await journal.lease('short', 60_000)).toBe(false);
  });
}

function watching(get: () => JournalUnderTest): void {
  it('tells of runs that another process opens, appends to and closes, until it is told to stop', async () => {
    const { journal, second } = get();
    if (second === null) throw new Error('there is one process alone');
    const told: string[] = [];
    const unwatch = journal.watch((run) => told.push(run));
    const nextOf = (run: string) =>
      waitFor(`${run} to be told`, 20_000, async () => (told.includes(run) ? told.splice(0) : null));
    await second.open('r-aaaaaa', 'one', first, noon);
    await nextOf('r-aaaaaa');
    await second.append('r-aaaaaa', [draft('a')], noon);
    await nextOf('r-aaaaaa');
    await second.close('r-aaaaaa');
    await nextOf('r-aaaaaa');
    unwatch();
    told.splice(0);
    const others: string[] = [];
    journal.watch((run) => others.push(run));
    await second.append('r-aaaaaa', [draft('b')], noon);
    await waitFor('the other listener', 20_000, async () => others.includes('r-aaaaaa') || null);
    expect(told).toEqual([]);
  });
}
