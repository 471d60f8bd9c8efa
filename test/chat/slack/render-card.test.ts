import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { costOf } from '../../../adapters/chat/slack/fit-text.ts';
import { readPress } from '../../../adapters/chat/slack/press-value.ts';
import { ACTION_ID } from '../../../adapters/chat/slack/render-buttons.ts';
import { renderCard } from '../../../adapters/chat/slack/render-card.ts';
import type { Button, Card, CardPart } from '../../../src/view/card.ts';
import { checkBlocks } from '../../servers/slack/check-blocks.ts';
import { card } from './start-chat.ts';

const LIVE = [
  '<!channel>',
  '<!here>',
  '<@U0ANNA>',
  '<#C0X>',
  '<http://evil|ok>',
  '<!subteam^S0X>',
  '@here',
  '&lt;!here&gt;',
];

/** Short, long and hostile texts: any UTF-16, also halves of characters, markup, and what JSON makes longer. */
const text = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
  { weight: 2, arbitrary: fc.constantFrom(...LIVE, '', ' ', '\n', '\ud800', '\u202eabc', '\0', '*_~`:smile:') },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom('a', '<', '&', '"', '\n', '😀', '\udc00', '<!here>'), fc.nat(15_000))
      .map(([unit, n]) => unit.repeat(n)),
  },
);
const part: fc.Arbitrary<CardPart> = fc.oneof(
  fc.record({ kind: fc.constantFrom('text', 'note', 'code'), text }) as fc.Arbitrary<CardPart>,
  fc.record({
    kind: fc.constant('facts' as const),
    facts: fc.array(fc.record({ label: text, value: text, odd: fc.boolean() }), { maxLength: 60 }),
  }),
  fc.record({ kind: fc.constant('list' as const), ordered: fc.boolean(), items: fc.array(text, { maxLength: 60 }) }),
);
const button: fc.Arbitrary<Button> = fc.record({
  label: text,
  style: fc.constantFrom('primary', 'danger', 'plain'),
  press: fc.record({
    action: fc.constantFrom('propose', 'approve', 'decline', 'again'),
    run: text,
    subject: fc.string({ maxLength: 30 }),
    hash: fc.option(fc.string({ maxLength: 64 })),
  }),
  confirm: fc.option(fc.record({ title: text, text, ok: text, cancel: text })),
  ask: fc.record({ title: text, label: text, ok: text }),
});
const anyCard: fc.Arbitrary<Card> = fc.record({
  tone: fc.constantFrom('working', 'ok', 'problem', 'unknown', 'decision'),
  title: text,
  practice: fc.boolean(),
  parts: fc.array(part, { maxLength: 70 }),
  buttons: fc.array(button, { maxLength: 30 }),
  fallback: text,
  whole: text,
  enough: fc.nat(80),
});

/** Every text in which Slack would read markup: top-level, and objects of type mrkdwn. */
function markup(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(markup);
  if (typeof value !== 'object' || value === null) return [];
  const object = value as Record<string, unknown>;
  const own = object.type === 'mrkdwn' ? [String(object.text)] : [];
  return own.concat(Object.values(object).flatMap(markup));
}

/** The types of all objects in it: a mention in rich text would be an element of its own. */
function types(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(types);
  if (typeof value !== 'object' || value === null) return [];
  const object = value as Record<string, unknown>;
  const own = typeof object.type === 'string' ? [object.type] : [];
  return own.concat(Object.values(object).flatMap(types));
}

const KNOWN = [
  'header',
  'section',
  'context',
  'actions',
  'button',
  'plain_text',
  'text',
  'rich_text',
  'rich_text_section',
  'rich_text_list',
  'rich_text_preformatted',
];

const link = { label: 'The run’s page', url: 'https://execfmt.corp.io/runs/r-aaaaaa' };

describe('a link', () => {
  const linksOf = (blocks: unknown): unknown[] =>
    Array.isArray(blocks) ? blocks.flatMap(linksOf) : JSON.stringify(blocks).includes('"type":"link"') ? [blocks] : [];

  it('stands below everything but the buttons, also of a card that is cut', () => {
    fc.assert(
      fc.property(anyCard, (any) => {
        const { blocks } = renderCard({ ...any, link });
        expect(checkBlocks(blocks)).toBeNull();
        expect(costOf(blocks)).toBeLessThanOrEqual(12_000);
        const below = blocks.at(-1)?.type === 'actions' ? blocks.at(-2) : blocks.at(-1);
        expect(below).toEqual({
          type: 'rich_text',
          elements: [{ type: 'rich_text_section', elements: [{ type: 'link', url: link.url, text: link.label }] }],
        });
        expect(linksOf(blocks)).toHaveLength(1);
      }),
      { numRuns: 60 },
    );
  });
});

describe('any card', () => {
  it('is one that Slack takes, with nothing live in it', () => {
    fc.assert(
      fc.property(anyCard, (any) => {
        const message = renderCard(any);
        expect(checkBlocks(message.blocks)).toBeNull();
        expect(costOf(message.blocks)).toBeLessThanOrEqual(12_000);
        expect(message.text.length).toBeLessThanOrEqual(4000);
        expect(message.text.trim()).not.toBe('');
        expect(() => encodeURIComponent(message.text)).not.toThrow();
        for (const place of [message.text, ...markup(message.blocks)])
          expect(place).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/);
        expect(types(message.blocks).filter((type) => !KNOWN.includes(type))).toEqual([]);
        if (any.practice) expect(JSON.stringify(message.blocks[0])).toContain('PRACTICE');
      }),
      { numRuns: 150 },
    );
  });

  it('keeps every press that it shows', () => {
    fc.assert(
      fc.property(fc.array(button, { maxLength: 5 }), (buttons) => {
        for (const block of renderCard(card({ buttons })).blocks) {
          if (block.type !== 'actions') continue;
          for (const element of block.elements) {
            expect(element.action_id).toMatch(ACTION_ID);
            const value = 'value' in element ? element.value : null;
            const index = Number(element.action_id?.split(':')[1]);
            expect(readPress(value)).toEqual(buttons[index]?.press);
          }
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe('a usual card', () => {
  const usual = card({
    tone: 'problem',
    title: 'pdf-renderer cannot run on render-01',
    practice: true,
    fallback: 'The image is for arm64 <!here>',
    parts: [
      { kind: 'text', text: 'The image is for <arm64> & the host is x86_64.' },
      { kind: 'facts', facts: [{ label: 'Image', value: 'linux/arm64', odd: true }] },
      { kind: 'code', text: 'docker info --format "{{.Architecture}}"' },
      { kind: 'list', ordered: true, items: ['roll back', 'rebuild'] },
      { kind: 'note', text: 'anna, 09:00, 812 ms' },
    ],
  });

  it('says in words how it is, and that it is practice', () => {
    const { blocks, text: fallback } = renderCard(usual);
    const title = 'PRACTICE · 🛑 Problem · pdf-renderer cannot run on render-01';
    expect(blocks[0]).toEqual({ type: 'header', text: { type: 'plain_text', text: title, emoji: true } });
    expect(fallback).toBe('PRACTICE · 🛑 Problem · The image is for arm64 &lt;!here&gt;');
  });

  it('shows each part to the letter, in order', () => {
    const { blocks } = renderCard(usual);
    expect(blocks.slice(1)).toEqual([
      {
        type: 'section',
        text: { type: 'plain_text', text: 'The image is for <arm64> & the host is x86_64.', emoji: false },
      },
      {
        type: 'rich_text',
        elements: [
          {
            type: 'rich_text_section',
            elements: [
              { type: 'text', text: 'Image: ', style: { bold: true } },
              { type: 'text', text: 'linux/arm64', style: { bold: true } },
              { type: 'text', text: '  ⚠️ differs\n' },
            ],
          },
        ],
      },
      {
        type: 'rich_text',
        elements: [
          {
            type: 'rich_text_preformatted',
            elements: [{ type: 'text', text: 'docker info --format "{{.Architecture}}"' }],
          },
        ],
      },
      {
        type: 'rich_text',
        elements: [
          {
            type: 'rich_text_list',
            style: 'ordered',
            elements: ['roll back', 'rebuild'].map((item) => ({
              type: 'rich_text_section',
              elements: [{ type: 'text', text: item }],
            })),
          },
        ],
      },
      { type: 'context', elements: [{ type: 'plain_text', text: 'anna, 09:00, 812 ms', emoji: false }] },
    ]);
  });

  it('asks before a press is sent', () => {
    const confirm = { title: 'Roll back?', text: 'To sha256:1', ok: 'Roll back', cancel: 'No' };
    const press = { action: 'approve', run: 'r-1', subject: 'p1', hash: 'h' } as const;
    const { blocks } = renderCard(card({ buttons: [{ label: 'Approve', style: 'danger', press, confirm }] }));
    const plain = (shown: string) => ({ type: 'plain_text', text: shown, emoji: false });
    expect(blocks.at(-1)).toMatchObject({
      elements: [
        {
          style: 'danger',
          confirm: {
            title: plain('Roll back?'),
            text: plain('To sha256:1'),
            confirm: plain('Roll back'),
            deny: plain('No'),
            style: 'danger',
          },
        },
      ],
    });
  });
});

describe('what is cut', () => {
  const shown = (set: Partial<Card>) => JSON.stringify(renderCard(card(set)).blocks);

  it('is marked in a text', () => {
    expect(shown({ parts: [{ kind: 'text', text: 'x'.repeat(4000) }] })).toContain('… (cut)');
    expect(shown({ parts: [{ kind: 'text', text: 'x'.repeat(2900) }] })).not.toContain('(cut)');
  });

  it('is counted in a list', () => {
    expect(shown({ parts: [{ kind: 'list', ordered: false, items: Array(500).fill('one more thing') }] })).toMatch(
      /… \d+ more \(cut\)/,
    );
  });

  it('is counted in a card, parts and buttons', () => {
    const parts = Array<CardPart>(60).fill({ kind: 'note', text: 'x' });
    const press = { action: 'again', run: 'x'.repeat(2500), subject: '', hash: null } as const;
    const buttons: Button[] = [{ label: 'Again', style: 'plain', press, confirm: null }];
    expect(shown({ parts, buttons })).toMatch(/… \d+ more part\(s\) and 1 button\(s\) cut/);
  });
});

describe('what Slack leaves out', () => {
  const whole = '/execfmt transcript r-7k2m9x';
  const texts = (count: number): CardPart[] =>
    Array.from({ length: count }, (_, at) => ({ kind: 'text', text: `part ${at}.` }));

  it('shows as many parts as are enough, and says what gives the rest', () => {
    const said = JSON.stringify(renderCard(card({ parts: texts(20), enough: 12, whole })).blocks);
    expect(said).toContain('part 11.');
    expect(said).not.toContain('part 12.');
    expect(said).toContain(`… 8 more part(s) left out to keep this short. All of it: ${whole}`);
  });

  it('leaves out nothing to be brief when nothing gives the rest', () => {
    const said = JSON.stringify(renderCard(card({ parts: texts(20), enough: 12 })).blocks);
    expect(said).toContain('part 19.');
    expect(said).not.toContain('left out');
  });

  it('says so when parts do not fit', () => {
    const parts: CardPart[] = Array(20).fill({ kind: 'text', text: 'x'.repeat(2000) });
    const said = JSON.stringify(renderCard(card({ parts, whole })).blocks);
    expect(said).toContain(`cut: they do not fit into one Slack message. All of it: ${whole}`);
  });

  it('folds a long log to its ends', () => {
    const log = Array.from({ length: 200 }, (_, at) => `line ${at}.`).join('\n');
    const said = JSON.stringify(renderCard(card({ parts: [{ kind: 'code', text: log }], whole })).blocks);
    for (const part of ['line 0.', 'line 199.', `… 186 more lines; all of them: ${whole} …`])
      expect(said).toContain(part);
    expect(said).not.toContain('line 100.');
  });
});
