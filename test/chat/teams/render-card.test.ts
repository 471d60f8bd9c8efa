import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeMarkdown } from '../../../adapters/chat/teams/escape-markdown.ts';
import { readCardData } from '../../../adapters/chat/teams/press-data.ts';
import { renderCard, summaryOf } from '../../../adapters/chat/teams/render-card.ts';
import type { Button, Card, CardPart } from '../../../src/view/card.ts';
import { checkActivity, typedIn } from '../../servers/teams/check-activity.ts';
import { card } from './start-chat.ts';

const LIVE = [
  '<at>Anna</at>',
  '<AT id="1">x</at>',
  '[click](http://evil.example)',
  '**bold**',
  '<http://evil.example>',
  '{{DATE(2026-01-01T00:00:00Z, SHORT)}}',
  '# heading',
  '- list',
  '![](http://evil.example/x.png)',
];

/** Short, long and hostile texts: any UTF-16, also halves of characters, markup, and what JSON makes longer. */
const text = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
  { weight: 2, arbitrary: fc.constantFrom(...LIVE, '', ' ', '\n', '\ud800', '\u202eabc', '\0', '\u200b') },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom('a', '<', '"', '\n', '😀', '\udc00', 'line\n', '\u0001'), fc.nat(15_000))
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
const subject = fc.string({ maxLength: 30 });
const ofRun = fc.record({
  action: fc.constantFrom('propose', 'approve', 'decline', 'again'),
  run: text.filter((run) => run !== ''),
  subject,
  hash: fc.option(fc.string({ maxLength: 64 })),
}) as fc.Arbitrary<Button['press']>;
const command = fc.record({
  action: fc.constant('command' as const),
  run: fc.constant(''),
  subject,
  hash: fc.constant(null),
});
const button: fc.Arbitrary<Button> = fc
  .record({
    label: text,
    style: fc.constantFrom('primary' as const, 'danger' as const, 'plain' as const),
    press: fc.oneof<fc.Arbitrary<Button['press']>[]>(ofRun, command),
    confirm: fc.option(fc.record({ title: text, text, ok: text, cancel: text })),
    ask: fc.option(fc.record({ title: text, label: text, ok: text })),
  })
  .map(({ ask, ...rest }) => (ask === null ? rest : { ...rest, ask }));
const anyCard: fc.Arbitrary<Card> = fc.record({
  tone: fc.constantFrom('working', 'ok', 'problem', 'unknown', 'decision'),
  title: text,
  practice: fc.boolean(),
  parts: fc.array(part, { maxLength: 70 }),
  buttons: fc.array(button, { maxLength: 30 }),
  fallback: text,
});
const users = Array.from({ length: 90 }, (_, index) => `29:${'x'.repeat(90)}${index}`);
const FRAME = {
  key: 'r-aaaaaa:verdict',
  users,
  permalink: 'https://execfmt.example/runs/r-aaaaaa',
  origin: 'x'.repeat(200),
};

const CONTROLS = /(?![\t\n])[\p{Cc}\u202a-\u202e\u2066-\u2069]/u;

describe('any card', () => {
  it('keeps within what Teams takes, and nothing in it is live', () => {
    fc.assert(
      fc.property(anyCard, (any) => {
        const content = renderCard(any, FRAME);
        const attachments = [{ contentType: 'application/vnd.microsoft.card.adaptive', content }];
        expect(checkActivity({ type: 'message', summary: summaryOf(any), attachments })).toBeNull();
        const all = typedIn(content);
        for (const each of all) {
          if (each.type === 'Input.Text') expect(each.label).not.toMatch(/<\/?\s*at\b|\{\{|\n/i);
          expect(['TextBlock', 'FactSet', 'Image', 'Media']).not.toContain(each.type);
          expect(each).not.toHaveProperty('msteams');
          if (each.type === 'Action.OpenUrl') expect(each.url).toBe(FRAME.permalink);
          if (each.type !== 'TextRun') continue;
          expect(each.text).not.toMatch(/<\/?\s*at\b|\{\{|\n/i);
          expect(each.text).not.toMatch(CONTROLS);
        }
        expect(JSON.stringify(content).isWellFormed()).toBe(true);
        expect(content.fallbackText).not.toMatch(/(?<!\\)(?:\\\\)*[[\]<>*_`!]/);
        expect(summaryOf(any)).not.toMatch(/<\/?\s*at\b/i);
        expect(content.refresh?.userIds).toHaveLength(60);
      }),
      { numRuns: 150 },
    );
  });

  it('has buttons that mean what they meant', () => {
    fc.assert(
      fc.property(anyCard, (any) => {
        const presses = typedIn(renderCard(any)).filter(({ type }) => type === 'Action.Execute');
        const meant = any.buttons.map(({ press }) => JSON.stringify(press));
        for (const { data, fallback } of presses) {
          const read = readCardData(data);
          expect(read?.kind === 'press' && meant.includes(JSON.stringify(read.press))).toBe(true);
          expect((fallback as { data: unknown }).data).toEqual(data);
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe('a usual card', () => {
  const shown = (set: Partial<Card>, frame = FRAME) => renderCard(card(set), frame);
  const json = (set: Partial<Card>) => JSON.stringify(shown(set));

  it('says its state and title first, and that it is practice', () => {
    expect(JSON.stringify(shown({ tone: 'problem', practice: true }).body[0])).toContain(
      'PRACTICE · 🛑 Problem · pdf-renderer',
    );
  });

  it('shows the readings as a table with the odd one marked', () => {
    const facts = [
      { label: 'Host', value: 'linux/amd64', odd: false },
      { label: 'Image', value: 'linux/arm64', odd: true },
    ];
    const table = typedIn(shown({ parts: [{ kind: 'facts', facts }] })).find(({ type }) => type === 'Table');
    const runs = typedIn(table).filter(({ type }) => type === 'TextRun');
    expect(runs.map((run) => [run.text, run.color])).toEqual([
      ['Host', undefined],
      ['linux/amd64', undefined],
      ['Image', undefined],
      ['linux/arm64  ⚠️ differs', 'Attention'],
    ]);
  });

  it('folds long evidence, and only that', () => {
    const lines = (count: number) => Array.from({ length: count }, (_, index) => `line ${index}`).join('\n');
    const long = shown({ parts: [{ kind: 'code', text: lines(30) }] });
    const hidden = typedIn(long).find(({ isVisible }) => isVisible === false);
    const toggle = typedIn(long).find(({ type }) => type === 'Action.ToggleVisibility');
    expect(toggle?.targetElements).toEqual([hidden?.id]);
    expect(typedIn(hidden).filter(({ type }) => type === 'TextRun')).toHaveLength(24);
    expect(json({ parts: [{ kind: 'code', text: lines(8) }] })).not.toContain('ToggleVisibility');
  });

  it('asks before a press is sent, with what will be done', () => {
    const press = { action: 'approve', run: 'r-1', subject: 'p1', hash: 'h' } as const;
    const confirm = { title: 'Roll back?', text: 'from sha256:1\nto sha256:2', ok: 'Approve', cancel: 'No' };
    const [action] = shown({ buttons: [{ label: 'Approve', style: 'primary', press, confirm }] }).actions ?? [];
    expect(action).toMatchObject({ type: 'Action.ShowCard', title: 'Approve …' });
    expect(JSON.stringify(action)).toContain('to sha256:2');
    expect(typedIn(action).find(({ type }) => type === 'Action.Execute')).toMatchObject({ title: 'Approve' });
  });

  it('asks for a line, which is sent along with the press and with nothing else', () => {
    const press = { action: 'decline', run: 'r-1', subject: 'p1', hash: 'h' } as const;
    const ask = { title: 'Decline?', label: 'Why (may stay empty)', ok: 'Decline' };
    const other = { label: 'Run again', style: 'plain', press: { ...press, action: 'again' }, confirm: null } as const;
    const buttons = [other, { label: 'Decline', style: 'plain', press, confirm: null, ask } as const];
    const [again, decline] = shown({ buttons }).actions ?? [];
    const input = typedIn(decline).find(({ type }) => type === 'Input.Text');
    expect(input).toMatchObject({ id: 'said-1', label: ask.label, isRequired: false, maxLength: 300 });
    const [send] = typedIn(decline).filter(({ type }) => type === 'Action.Execute');
    expect(send).toMatchObject({ associatedInputs: 'auto', fallback: { associatedInputs: 'auto' } });
    expect(again).toMatchObject({ associatedInputs: 'none', fallback: { associatedInputs: 'none' } });
  });

  it('says what was cut, and links to the page that has it', () => {
    const parts = Array<CardPart>(60).fill({ kind: 'text', text: 'x'.repeat(2900) });
    expect(json({ parts })).toMatch(/… \d+ more part\(s\) cut/);
    expect(shown({ parts }).actions?.at(-1)).toMatchObject({ type: 'Action.OpenUrl', url: FRAME.permalink });
    expect(shown({ parts }, { ...FRAME, permalink: null as never }).actions).toBeUndefined();
  });
});

describe('escaping', () => {
  it.each(LIVE)('leaves nothing live of %s', (live) => {
    expect(escapeMarkdown(live).replaceAll(/\\[^\w\s]/g, '')).not.toMatch(/[[\]<>*`#]/);
  });
});
