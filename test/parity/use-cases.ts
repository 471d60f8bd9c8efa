import { expect } from 'vitest';
import type { ChatName, Message } from './driver.ts';
import type { Stage, World } from './start-stage.ts';

/** One thing that people do, the same in every chat. */
export interface UseCase {
  /** What the table says. */
  readonly does: string;
  readonly world?: World;
  /** Where it cannot be done, and why. */
  readonly not?: Partial<Record<ChatName, string>>;
  /** Where it is done another way, and how. */
  readonly differs?: Partial<Record<ChatName, string>>;
  run(stage: Stage): Promise<void>;
}

const STEPS = ['1', '2', '3', '4', '5', '6', '7', '8'];

/** The numbers of the steps, in the order in which they stand in a thread. */
function stepsOf(thread: readonly Message[]): string[] {
  return thread.flatMap(({ text }) => /^[^\n]{0,60}?\b([1-8])\. /.exec(text)?.[1] ?? []);
}

const verdictsOf = (thread: readonly Message[]) => thread.filter(({ text }) => /It will not run/.test(firstLine(text)));
const firstLine = (text: string) => text.split('\n')[0] ?? '';

/** A whole thread: every step once and in order, and one verdict. */
async function expectWhole({ chat }: Stage): Promise<void> {
  const thread = await chat.thread();
  expect(stepsOf(thread)).toEqual(STEPS);
  expect(verdictsOf(thread)).toHaveLength(1);
}

/** Anna asks, in the way that this chat knows. */
export const ask = ({ chat }: Stage, text = 'pdf-renderer') =>
  chat.say(text, 'anna', chat.name === 'teams' ? 'mention' : 'command');

/** Until the plan to roll back waits for approval. */
export async function proposed(stage: Stage): Promise<void> {
  await ask(stage);
  await stage.press('Roll back to v2', 'anna');
  await stage.untilShown('Approve');
}

/** Nothing was begun, and nothing changed. */
async function expectUntouched(stage: Stage): Promise<void> {
  expect(await stage.count('action-started')).toBe(0);
  expect((await stage.docker.getContainer('pdf-renderer').inspect()).Config.Image).toMatch(/:v3$/);
}

async function expectRecoveredOnce(stage: Stage): Promise<void> {
  await stage.until('Recovered: pdf-renderer');
  expect(await stage.count('action-started')).toBe(1);
  expect(await stage.count('action-finished')).toBe(1);
  expect((await stage.chat.thread()).filter(({ text }) => text.includes('Recovered: pdf-renderer'))).toHaveLength(1);
  expect(await stage.docker.listContainers({ all: true })).toHaveLength(1);
  expect((await stage.docker.getContainer('pdf-renderer').inspect()).State.Running).toBe(true);
}

const NO_COMMANDS = 'Teams has no commands with a slash for bots: a mention does the same.';
const NO_MENTIONS = 'The page has one line to type in; there is nobody to mention.';
const ONE_PAGE = 'Nothing is posted: the page reads the run itself.';

const HOSTILE = '<!channel><img/src=x/onerror=alert(1)>[a](http://evil.example)<at>all</at>*b*';

export const USE_CASES: readonly UseCase[] = [
  {
    does: 'Ask with a command; the thread has each step once and in order, then the verdict',
    not: { teams: NO_COMMANDS },
    async run(stage) {
      await stage.chat.say('pdf-renderer', 'anna', 'command');
      const verdict = await stage.until('It will not run: pdf-renderer');
      expect(verdict.text).toContain('wrong-platform-image');
      await stage.until(['pdf-renderer: wrong-platform-image', 'asked by anna']);
      await expectWhole(stage);
      expect(await stage.chat.thread(1)).toEqual([]);
      expect(await stage.chat.told('anna')).toEqual([]);
    },
  },
  {
    does: 'Ask with a mention',
    not: { page: NO_MENTIONS },
    async run(stage) {
      await stage.chat.say('pdf-renderer', 'anna', 'mention');
      await stage.until('It will not run: pdf-renderer');
      await expectWhole(stage);
    },
  },
  {
    does: 'Ask with a mention in a thread of people',
    not: { page: NO_MENTIONS },
    differs: {
      'slack-http': 'The answer is a thread of its own below: a reply in Slack cannot have replies.',
      'slack-socket': 'The answer is a thread of its own below: a reply in Slack cannot have replies.',
      teams: 'The answer stands in that thread.',
    },
    async run(stage) {
      await stage.chat.say('pdf-renderer on practice-01', 'anna', 'mention', true);
      await stage.until('It will not run: pdf-renderer');
      await expectWhole(stage);
    },
  },
  {
    does: '`help` is told to the one who asks, and to nobody else',
    async run(stage) {
      await ask(stage, 'help');
      const help = await stage.untilTold('anna', 'A diagnosis changes nothing');
      expect(help).toContain(stage.chat.name === 'teams' ? '@execfmt list' : '/execfmt list');
      expect(await stage.chat.told('ben')).toEqual([]);
      expect(await stage.chat.thread()).toEqual([]);
    },
  },
  {
    does: '`list` says what can be asked for',
    async run(stage) {
      await ask(stage, 'list');
      await stage.untilTold('anna', 'pdf-renderer');
      expect(await stage.chat.thread()).toEqual([]);
    },
  },
  {
    does: 'A misspelt name is answered with the nearest, privately',
    async run(stage) {
      await ask(stage, 'pdf-rendrer');
      await stage.untilTold('anna', 'Did you mean pdf-renderer?');
      expect(await stage.chat.thread()).toEqual([]);
    },
  },
  {
    does: 'An unknown host is answered with the known ones, privately',
    async run(stage) {
      await ask(stage, 'pdf-renderer on nowhere');
      await stage.untilTold('anna', 'There is no host or cluster nowhere');
      expect(await stage.count('opened')).toBe(0);
    },
  },
  {
    does: 'A command that cannot be read is told so, privately',
    async run(stage) {
      await ask(stage, 'why is it down?');
      await stage.untilTold('anna', 'could not be read');
      expect(await stage.chat.told('ben')).toEqual([]);
      expect(await stage.chat.thread()).toEqual([]);
    },
  },
  {
    does: 'A second request joins the first, and is shown where',
    async run(stage) {
      stage.holdNumbers();
      await ask(stage);
      await stage.until('asked by anna');
      await stage.chat.say('pdf-renderer', 'ben', stage.chat.name === 'teams' ? 'mention' : 'command');
      await stage.untilTold('ben', 'run r-');
      stage.releaseNumbers();
      await stage.until('It will not run: pdf-renderer');
      expect(await stage.count('opened')).toBe(1);
      await expectWhole(stage);
    },
  },
  {
    does: 'Approve after a question with the exact digests; it recovers, with the numbers before and after',
    async run(stage) {
      await proposed(stage);
      const approve = await stage.untilShown('Approve', 'ben');
      expect(approve.question).toContain('Approve this rollback?');
      expect(approve.question.match(/sha256:[0-9a-f]{64}/g)).toHaveLength(2);
      await approve.press('ben');
      await expectRecoveredOnce(stage);
      expect((await stage.until('Recovered: pdf-renderer')).text).toMatch(/1,847[\s\S]*→/);
      await stage.until('pdf-renderer: recovered');
    },
  },
  {
    does: 'Somebody who may not approve is refused, privately, and it is written down',
    async run(stage) {
      await proposed(stage);
      await stage.press('Approve', 'mallory');
      await stage.untilTold('mallory', stage.chat.identity('ben'));
      expect(await stage.chat.told('anna')).toEqual(await stage.chat.told('anna').then((told) => told.filter(isTaken)));
      expect(await stage.count('press-refused')).toBe(1);
      await expectUntouched(stage);
    },
  },
  {
    does: 'The one who asked may not approve it himself',
    world: { policy: {} },
    async run(stage) {
      await ask(stage);
      await stage.press('Roll back to v2', 'ben');
      await stage.press('Approve', 'ben');
      await stage.untilTold('ben', 'You asked for this yourself');
      await expectUntouched(stage);
    },
  },
  {
    does: 'Two approvals, when two are needed, of two people',
    world: { policy: { required: 2 } },
    async run(stage) {
      await proposed(stage);
      await stage.press('Approve', 'ben');
      await stage.until(['Roll back pdf-renderer to v2?', '1 of 2 approvals']);
      await stage.press('Approve', 'ben');
      await stage.untilTold('ben', 'approved this already');
      await expectUntouched(stage);
      await stage.press('Approve', 'grace');
      await expectRecoveredOnce(stage);
    },
  },
  {
    does: 'Decline; nothing is done, and the thread says who',
    async run(stage) {
      await proposed(stage);
      await stage.press('Decline', 'ben');
      await stage.until(['Roll back pdf-renderer to v2?', 'Declined by ben']);
      await expectUntouched(stage);
    },
  },
  {
    does: 'A button pressed twice by one, and by two people at once, is one action',
    async run(stage) {
      await proposed(stage);
      const approve = await stage.untilShown('Approve', 'ben');
      await Promise.all([approve.press('ben'), approve.press('ben'), approve.press('grace')]);
      await expectRecoveredOnce(stage);
    },
  },
  {
    does: 'An expired plan cannot be approved any more, and says so',
    world: { policy: { expiresInMs: 6000 } },
    async run(stage) {
      await proposed(stage);
      const approve = await stage.untilShown('Approve', 'ben');
      await stage.until(['Roll back pdf-renderer to v2?', 'Expired']);
      await approve.press('ben');
      await stage.untilTold('ben', 'has expired');
      await expectUntouched(stage);
    },
  },
  {
    does: 'A button of another version does nothing, and says so',
    async run(stage) {
      await proposed(stage);
      const approve = await stage.untilShown('Approve', 'ben');
      await approve.press('ben', { unknown: true });
      await stage.untilTold('ben', 'Nothing was done');
      await expectUntouched(stage);
    },
  },
  {
    does: 'Spent buttons are gone, for everybody',
    async run(stage) {
      await proposed(stage);
      await stage.press('Approve', 'ben');
      await stage.until('pdf-renderer: recovered');
      const labels = (await stage.chat.thread()).flatMap(({ buttons }) => buttons);
      expect(labels.filter((label) => label !== 'Run again')).toEqual([]);
    },
  },
  {
    does: 'Run again: a new run, with what is true now',
    async run(stage) {
      await ask(stage);
      await stage.until('It will not run: pdf-renderer');
      await stage.press('Run again', 'ben');
      await stage.until('It will not run: pdf-renderer', 1);
      expect(await stage.count('opened')).toBe(2);
    },
  },
  {
    does: 'The same delivery twice is handled once',
    async run(stage) {
      await ask(stage);
      await stage.until('It will not run: pdf-renderer');
      await stage.chat.repeat();
      await stage.press('Roll back to v2', 'anna');
      await stage.untilShown('Approve', 'ben');
      await stage.chat.repeat();
      await stage.press('Approve', 'ben');
      await stage.chat.repeat();
      await expectRecoveredOnce(stage);
      expect(await stage.count('opened')).toBe(1);
      expect(await stage.count('action-proposed')).toBe(1);
    },
  },
  {
    does: 'Deliveries that come late and in the other order: what comes first counts',
    async run(stage) {
      await proposed(stage);
      const approve = await stage.untilShown('Approve', 'ben');
      const decline = await stage.untilShown('Decline', 'grace');
      stage.chat.hold();
      const pressed = [approve.press('ben'), decline.press('grace')];
      await expectUntouched(stage);
      await stage.chat.release('reversed');
      await Promise.all(pressed);
      await stage.untilTold('ben', 'grace declined this');
      await stage.until('Declined by grace');
      await expectUntouched(stage);
    },
  },
  {
    does: 'A restart in the middle of a diagnosis: the thread goes on, no step is told twice',
    async run(stage) {
      stage.holdNumbers();
      await ask(stage);
      await stage.until('1. ');
      await stage.restart();
      stage.releaseNumbers();
      await stage.until('It will not run: pdf-renderer');
      await stage.until('Interrupted during');
      await expectWhole(stage);
      expect(await stage.count('opened')).toBe(1);
    },
  },
  {
    does: 'A restart while a plan waits: its buttons still work',
    async run(stage) {
      await proposed(stage);
      const approve = await stage.untilShown('Approve', 'ben');
      await stage.restart();
      await approve.press('ben');
      await expectRecoveredOnce(stage);
      await expectWhole(stage);
    },
  },
  {
    does: 'A restart in the middle of a rollback: it is carried out once',
    world: { stableForMs: 3000 },
    async run(stage) {
      await proposed(stage);
      await stage.press('Approve', 'ben');
      await stage.until('verifying');
      await stage.restart();
      await expectRecoveredOnce(stage);
    },
  },
  ...(['rate-limit', 'error-before', 'cut-before'] as const).map(
    (trouble): UseCase => ({
      does: {
        'rate-limit': 'The platform asks to wait (429): the thread is whole, nothing stands twice',
        'error-before': 'The platform fails before it has posted (5xx): the same',
        'cut-before': 'The connection breaks before it has posted: the same',
      }[trouble],
      not: { page: ONE_PAGE },
      async run(stage) {
        for (const _ of [1, 2]) stage.chat.trouble?.(trouble);
        await ask(stage);
        await stage.until('It will not run: pdf-renderer');
        await expectWhole(stage);
      },
    }),
  ),
  ...(['error-after', 'cut-after'] as const).map(
    (trouble): UseCase => ({
      does: {
        'error-after': 'The platform fails after it has posted (5xx): nothing stands twice',
        'cut-after': 'The connection breaks after it has posted: nothing stands twice',
      }[trouble],
      not: { page: ONE_PAGE },
      differs: {
        teams:
          'Teams cannot be asked for what was posted: that one message may stand twice. The later one is kept up to date; nothing else is repeated.',
      },
      async run(stage) {
        await ask(stage);
        await stage.until('asked by anna');
        stage.chat.trouble?.(trouble);
        await stage.until('It will not run: pdf-renderer');
        const thread = await stage.chat.thread();
        const titles = thread.map(({ text }) => firstLine(text));
        expect(titles.length - new Set(titles).size).toBe(stage.chat.findsPosted ? 0 : 1);
        expect([...new Set(stepsOf(thread))]).toEqual(STEPS);
      },
    }),
  ),
  {
    does: 'A connection that breaks loses nothing',
    differs: {
      'slack-http': 'The connection that breaks is the one that a message is posted by.',
      'slack-socket': 'The connection that breaks is the socket that deliveries come by.',
      teams: 'The connection that breaks is the one that a message is posted by.',
      page: 'The connection that breaks is the stream of changes.',
    },
    async run(stage) {
      await ask(stage);
      await stage.until('1. ');
      await stage.chat.drop();
      await stage.press('Roll back to v2', 'anna');
      await stage.untilShown('Approve', 'ben');
      await expectWhole(stage);
    },
  },
  {
    does: 'Text with hostile markup is shown letter by letter, and stays dead',
    world: { service: HOSTILE },
    async run(stage) {
      await ask(stage, HOSTILE);
      const verdict = await stage.until('It will not run');
      expect(verdict.text).toContain('img/src=x/onerror=alert(1)>[a](http://evil.example)');
      await ask(stage, `${HOSTILE} on <@everyone>`);
      await stage.untilTold('anna', '@everyone');
      expect(await stage.chat.alive()).toEqual([]);
    },
  },
  {
    does: 'Where nobody is configured to approve it is diagnosis only',
    world: { policy: null },
    async run(stage) {
      await ask(stage);
      const verdict = await stage.until('It will not run: pdf-renderer');
      expect(verdict.text).toContain('Diagnosis only');
      expect(verdict.buttons).toEqual(['Run again']);
    },
  },
];

/** What Teams answers to a press that the thread itself answers. */
const isTaken = (told: string) => /^Taken\.|execfmt is on it/.test(told);
