import type { IAdaptiveCard, IRefreshDefinition } from '@microsoft/teams.cards';
import type { Card } from '../../../src/view/card.ts';
import { escapeMarkdown } from './escape-markdown.ts';
import { costOf, fitLine, fitText } from './fit-text.ts';
import { writeRefresh } from './press-data.ts';
import { renderButtons } from './render-buttons.ts';
import { type Element, line, renderPart, run } from './render-part.ts';

/** The strictest of Teams' limits for a card, bytes (T9); a whole message may be 100 KB. */
const LIMIT = 28 * 1024;
/** Kept free for the frame around the body, and the line that says what was cut. */
const FRAME = 1600;
const TITLE = 200;
const FALLBACK = 500;
const SUMMARY = 250;
const BUTTONS = 8000;
/** Below this a part would be nothing but its cut mark. */
const LEAST = 800;
/** More are not refreshed (T15). */
const USERS = 60;

/** The content type of our attachments. */
export const CARD_TYPE = 'application/vnd.microsoft.card.adaptive';
/** The verb of a refresh. */
export const REFRESH = 'execfmt/refresh';

const TONES: Record<Card['tone'], string> = {
  working: '⏳ Working',
  ok: '✅ OK',
  problem: '🛑 Problem',
  unknown: '❔ Unknown',
  decision: '✋ Decision',
};

/** What surrounds a card. */
export interface CardFrame {
  /** `<run>:<card>`; null for cards that have no newer state. */
  readonly key: string | null;
  /** The ids in Teams (`29:…`) of those whose clients ask for the newest state by themselves. */
  readonly users: readonly string[];
  /** The run's page, from the configuration; null without one. */
  readonly permalink: string | null;
  /** Whether the page is linked even if everything fits. */
  readonly linked: boolean;
  /** Where the one who sees this card asked, sealed; null where that is here. */
  readonly origin: string | null;
  /** For the one who sees this card only; null for everybody's. */
  readonly personal: string | null;
}

const BARE: CardFrame = { key: null, users: [], permalink: null, linked: false, origin: null, personal: null };

function notice(parts: number, buttons: number, page: boolean): Element {
  const what = [parts > 0 ? `${parts} more part(s)` : '', buttons > 0 ? `${buttons} button(s)` : ''];
  const where = page ? ' The run’s page has everything.' : '';
  const text = `… ${what.filter((each) => each !== '').join(' and ')} cut: they do not fit into one card.${where}`;
  return line([run(text, { isSubtle: true, size: 'Small' })], 'Small');
}

function renderHead(card: Card, personal: string | null): Element[] {
  const head = `${card.practice ? 'PRACTICE · ' : ''}${TONES[card.tone]} · ${card.title}`;
  const title = line([run(fitLine(head, TITLE, 'execfmt'), { weight: 'Bolder', size: 'Medium' })]);
  return personal === null ? [title] : [title, line([run(fitText(personal, TITLE), { color: 'Accent' })])];
}

function refreshOf({ key, users }: CardFrame): { readonly refresh?: IRefreshDefinition } {
  if (key === null || users.length === 0) return {};
  const action = { type: 'Action.Execute', title: 'Refresh', verb: REFRESH, data: writeRefresh(key) } as const;
  return { refresh: { action, userIds: users.slice(0, USERS) } };
}

/** What notifications say of a card (T21), and clients that cannot show it. */
export function summaryOf(card: Card, max = SUMMARY): string {
  const said = card.fallback.trim() === '' ? card.title : card.fallback;
  return fitLine(`${card.practice ? 'PRACTICE · ' : ''}${TONES[card.tone]} · ${said}`, max, 'execfmt');
}

/**
 * A card as an Adaptive Card 1.5 within Teams' limits (T9, T14, T15). All text is in TextRuns, which read no markup, but for
 * `fallbackText`, which is escaped. It names nobody: no mention, no ping.
 */
export function renderCard(card: Card, set: Partial<CardFrame> = {}): IAdaptiveCard {
  const frame = { ...BARE, ...set };
  const body = renderHead(card, frame.personal);
  const buttons = renderButtons(card.buttons, BUTTONS, frame);
  const refresh = refreshOf(frame);
  const fallbackText = escapeMarkdown(summaryOf(card, FALLBACK));
  const fixed = costOf([body, buttons.actions, refresh, fallbackText, frame.permalink]);
  let room = LIMIT - FRAME - fixed;
  let left = 0;
  for (const [index, part] of card.parts.entries()) {
    if (room < LEAST) {
      left = card.parts.length - index;
      break;
    }
    const elements = renderPart(part, room, `part-${index}`);
    room -= costOf(elements);
    body.push(...elements);
  }
  const cut = left > 0 || buttons.left > 0;
  if (cut) body.push(notice(left, buttons.left, frame.permalink !== null));
  const link = frame.permalink !== null && (cut || frame.linked || frame.key?.endsWith(':parent') === true);
  const open = { type: 'Action.OpenUrl', title: 'Open the run’s page', url: frame.permalink ?? '' } as const;
  return {
    type: 'AdaptiveCard',
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    version: '1.5',
    fallbackText,
    body,
    ...(buttons.actions.length > 0 || link ? { actions: [...buttons.actions, ...(link ? [open] : [])] } : {}),
    ...refresh,
  };
}
