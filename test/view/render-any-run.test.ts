import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderCard as renderSlack } from '../../adapters/chat/slack/render-card.ts';
import { messageOf } from '../../adapters/chat/teams/post-card.ts';
import { type CardFrame, renderCard as renderTeams } from '../../adapters/chat/teams/render-card.ts';
import { recordOf } from '../../adapters/chat/web/read-record.ts';
import { fragmentsOf } from '../../adapters/chat/web/render-thread.ts';
import { systemIds } from '../../adapters/system/ids.ts';
import { renderTerminal } from '../../src/cli/render-terminal.ts';
import { diagnosisDocument } from '../../src/run/diagnosis-document.ts';
import type { RunEvent } from '../../src/run/events.ts';
import { foldRun, type RunState } from '../../src/run/run-state.ts';
import { renderTranscript } from '../../src/run/transcript/render-transcript.ts';
import type { Card } from '../../src/view/card.ts';
import { jsonText } from '../../src/view/json-text.ts';
import { threadOf } from '../../src/view/thread.ts';
import { arbitraryRun } from '../run/arbitrary-run.ts';
import { hugeRun } from '../run/huge-run.ts';
import { linesOutsideFences, liveMarkdown, strayTags } from '../run/live-markup.ts';
import { checkBlocks } from '../servers/slack/check-blocks.ts';
import { checkActivity, typedIn } from '../servers/teams/check-activity.ts';

/** What a reader, a terminal or a browser obeys instead of showing: controls, and what turns the direction of writing. */
const OBEYED = /(?![\n\t])[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;
const TERMINAL_OBEYED = /(?!\n)[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

function stateOf(events: readonly RunEvent[]): RunState {
  const state = foldRun(events);
  if (state === null) throw new Error('no run');
  return state;
}

const cardsOf = (events: readonly RunEvent[]): Card[] => {
  const { parent, replies } = threadOf(stateOf(events));
  return [parent, ...replies.map(({ card }) => card)];
};

/** Checks any run, and the largest. */
function forAnyRun(check: (events: readonly RunEvent[]) => void): void {
  check(hugeRun());
  fc.assert(fc.property(arbitraryRun, check), { numRuns: 100 });
}

const forAnyCard = (check: (card: Card) => void) => forAnyRun((events) => cardsOf(events).forEach(check));

/** Every string in a value that is shown, but for what is carried for the machine (`data` and `value` of buttons). */
function shownIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(shownIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => (key === 'data' || key === 'value' ? [] : shownIn(each)));
}

/** The names of elements and attributes of an HTML text, and what is between them. Throws at a bare `<`. */
function readHtml(markup: string) {
  const names = new Set<string>();
  const rest = markup
    .replace(/<!doctype html>/, '')
    .replace(/<style>[^<]*<\/style>/g, '')
    .replace(
      /<(\/?[a-z][a-z0-9]*)((?:\s+[a-zA-Z-]+(?:="[^"<>]*")?)*)\s*\/?>/g,
      (_, name: string, attributes: string) => {
        names.add(name.replace('/', ''));
        for (const [, attribute] of attributes.matchAll(/\s+([a-zA-Z-]+)(?:="[^"]*")?/g))
          names.add(`@${attribute?.toLowerCase()}`);
        return '';
      },
    );
  expect(rest).not.toMatch(/[<>]/);
  return { names, text: rest };
}

const HTML_NAMES = new Set(
  'html head body meta title nav caption thead tfoot dialog select option label h1 h2 h3 h4 p br pre code table tbody tr th td time header div span a article details summary ul ol li button form input strong svg path circle i label dialog small em section textarea @autofocus @rows @download @lang @charset @name @content @class @id @href @title @type @value @hidden @method @action @open @role @scope @datetime @viewbox @width @height @fill @stroke @d @cx @cy @r @focusable @maxlength @autocomplete @for @placeholder @required @style @popovertarget @popover @disabled'.split(
    ' ',
  ),
);

function expectDeadHtml(markup: string): void {
  const { names, text } = readHtml(markup);
  const strange = [...names].filter((name) => !HTML_NAMES.has(name) && !/^@(?:aria|data)-[a-z-]+$/.test(name));
  expect(strange).toEqual([]);
  for (const [, address] of markup.matchAll(/\s(?:href|action|src)="([^"]*)"/g)) expect(address).toMatch(/^(?:[/#]|$)/);
  expect(text).not.toMatch(OBEYED);
}

describe('any run, rendered', () => {
  it('for Slack is within its limits, and nothing in it is live', { timeout: 120_000 }, () => {
    forAnyCard((card) => {
      const message = renderSlack(card);
      expect(checkBlocks(message.blocks)).toBeNull();
      expect(JSON.stringify(message.blocks).length).toBeLessThanOrEqual(12_000);
      expect(message.text.length).toBeLessThanOrEqual(4_000);
      expect(message.text).not.toMatch(/[<>]|&(?!(?:amp|lt|gt);)/);
      const types = new Set(typedIn(message.blocks).map(({ type }) => type));
      for (const live of ['mrkdwn', 'markdown', 'user', 'broadcast', 'link', 'channel', 'usergroup', 'emoji', 'date'])
        expect(types.has(live), live).toBe(false);
      for (const text of shownIn(message)) {
        expect(text).not.toMatch(OBEYED);
        expect(text.isWellFormed()).toBe(true);
      }
    });
  });

  it('for Teams is within its limits, mentions nobody, and nothing in it is live', { timeout: 120_000 }, () => {
    const frame: CardFrame = {
      key: 'r-7k2m9x:parent',
      users: Array.from({ length: 90 }, (_, index) => `29:${'x'.repeat(90)}${index}`),
      permalink: 'https://execfmt.corp.io/runs/r-7k2m9x',
      linked: true,
      origin: null,
      personal: null,
    };
    forAnyCard((card) => {
      const content = renderTeams(card, frame);
      const message = messageOf(card, content);
      expect(checkActivity(message as Record<string, unknown>)).toBeNull();
      expect(Buffer.byteLength(JSON.stringify(content))).toBeLessThanOrEqual(28 * 1024);
      expect(message).not.toHaveProperty('entities');
      expect(content).not.toHaveProperty('msteams');
      expect((content.actions ?? []).length).toBeLessThanOrEqual(7);
      for (const { type } of typedIn(content)) expect(['TextBlock', 'FactSet', 'Image', 'Media']).not.toContain(type);
      for (const text of shownIn(message)) {
        expect(text).not.toMatch(OBEYED);
        expect(text).not.toMatch(/\{\{|<\/?\s*at\b/i);
        expect(text.isWellFormed()).toBe(true);
      }
      expect(content.fallbackText).not.toMatch(/(?<!\\)[*_`[\]<>#|~!]/);
    });
  });

  it('on the page is text in our own elements', { timeout: 120_000 }, () => {
    forAnyRun((events) => {
      const record = recordOf(threadOf(stateOf(events)), events);
      for (const { render, news } of fragmentsOf(record, 'token', '/runs/r-7k2m9x')) {
        expectDeadHtml(String(render()));
        // 500 characters, each of which may be named (`⟨U+E0041⟩`), and how many more there are.
        expect(news.length).toBeLessThanOrEqual(500 * 10 + 50);
      }
    });
  });

  it('in the terminal steers nothing', { timeout: 120_000 }, () => {
    forAnyCard((card) => {
      expect(renderTerminal(card, false)).not.toMatch(TERMINAL_OBEYED);
      const coloured = renderTerminal(card, true);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: our own colours
      expect(coloured.replace(/\u001b\[\d{1,2}m/g, '')).not.toMatch(TERMINAL_OBEYED);
    });
  });

  it('in JSON steers no terminal either, and is what it was', { timeout: 120_000 }, () => {
    forAnyRun((events) => {
      const document = diagnosisDocument(stateOf(events));
      const text = jsonText(document, 2);
      expect(text).not.toMatch(TERMINAL_OBEYED);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(document)));
    });
  });

  it('as a transcript has no live markup', { timeout: 120_000 }, () => {
    const thread = { kind: 'not-read', why: 'there is none' } as const;
    forAnyRun((events) => {
      const source = { events, thread, version: '0.1.0' };
      expect(strayTags(renderTranscript(source, 'html', systemIds.sha256))).toBe('');
      expect(liveMarkdown(linesOutsideFences(renderTranscript(source, 'md', systemIds.sha256)))).toEqual([]);
    });
  });
});
