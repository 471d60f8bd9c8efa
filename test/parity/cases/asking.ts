import { expect } from 'vitest';
import { ask } from '../ask.ts';
import { expectWhole } from '../expect-thread.ts';
import type { UseCase } from '../use-case.ts';

const NO_COMMANDS = 'Teams has no commands with a slash for bots: a mention does the same.';
const NO_MENTIONS = 'The page has one line to type in; there is nobody to mention.';
const OWN_THREAD = 'The answer is a thread of its own below: a reply in Slack cannot have replies.';

const HOSTILE = '<!channel><img/src=x/onerror=alert(1)>[a](http://evil.example)<at>all</at>*b*';

/** Asking, in all the ways there are, and what comes back. */
export const ASKING: readonly UseCase[] = [
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
      'slack-http': OWN_THREAD,
      'slack-socket': OWN_THREAD,
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
      await ask(stage, 'pdf-renderer', 'ben');
      await stage.untilTold('ben', 'run r-');
      stage.releaseNumbers();
      await stage.until('It will not run: pdf-renderer');
      expect(await stage.count('opened')).toBe(1);
      await expectWhole(stage);
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
];
