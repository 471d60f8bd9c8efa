import type { HeaderBlock, KnownBlock, RichTextBlock } from '@slack/types';
import type { Card } from '../../../src/view/card.ts';
import { escapeMrkdwn } from './escape-mrkdwn.ts';
import { costOf, fitOr, fitText } from './fit-text.ts';
import { renderButtons } from './render-buttons.ts';
import { renderPart } from './render-part.ts';

/** Slack refuses at about 13,200 over all blocks of a message (`msg_blocks_too_long`, undocumented). */
const BUDGET = 12_000;
const BLOCKS = 50;
const HEADER = 150;
const LINK = 150;
/** `chat.update` refuses more (`msg_too_long`). */
const FALLBACK = 4000;
const BUTTONS = 6000;
/** Kept free for the line that says what was cut. */
const NOTICE = 300;
/** Below this a part would be nothing but its cut mark. */
const LEAST = 500;

const TONES: Record<Card['tone'], string> = {
  working: '⏳ Working',
  ok: '✅ OK',
  problem: '🛑 Problem',
  unknown: '❔ Unknown',
  decision: '✋ Decision',
};

/** What `chat.postMessage`, `chat.update` and `response_url` take. */
interface SlackMessage {
  readonly text: string;
  readonly blocks: KnownBlock[];
}

interface Left {
  readonly parts: number;
  readonly buttons: number;
  /** What is left out is left out to be brief, not for lack of room. */
  readonly brief: boolean;
}

function notice({ parts, buttons, brief }: Left, whole: string | undefined): string {
  const what = [parts > 0 ? `${parts} more part(s)` : '', buttons > 0 ? `${buttons} button(s)` : ''];
  const where = whole === undefined || parts === 0 ? '' : ` All of it: ${whole}`;
  return `… ${what.filter((each) => each !== '').join(' and ')} ${brief ? 'left out to keep this short.' : 'cut: they do not fit into one Slack message.'}${where}`;
}

function renderHeader(card: Card): HeaderBlock {
  const title = fitOr(`${card.practice ? 'PRACTICE · ' : ''}${TONES[card.tone]} · ${card.title}`, HEADER, 'execfmt');
  return { type: 'header', text: { type: 'plain_text', text: title, emoji: true } };
}

function renderFallback(card: Card): string {
  const said = card.fallback.trim() === '' ? card.title : card.fallback;
  return escapeMrkdwn(fitText(`${card.practice ? 'PRACTICE · ' : ''}${TONES[card.tone]} · ${said}`, FALLBACK));
}

/** As rich text, in which nothing of the label or the address is markup. */
function renderLink({ label, url }: NonNullable<Card['link']>): RichTextBlock {
  const elements = [{ type: 'link', url, text: fitOr(label, LINK, url) }] as const;
  return { type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [...elements] }] };
}

/**
 * A card as Block Kit within Slack's limits (rules S6–S8, S10–S12, S21 of docs.slack.dev and the SDK's types). Blocks have no
 * `block_id`: Slack gives a new one with each update, as it asks for. Only `text` is markup, and it is escaped.
 */
export function renderCard(card: Card): SlackMessage {
  const blocks: KnownBlock[] = [renderHeader(card)];
  const buttons = renderButtons(card.buttons, BUTTONS);
  const ends = [...(card.link ? [renderLink(card.link)] : []), ...(buttons.block === null ? [] : [buttons.block])];
  let room = BUDGET - NOTICE - costOf(blocks) - costOf(ends);
  const all = card.parts.length;
  const enough = card.whole === undefined ? all : Math.min(card.enough ?? all, all);
  let left = all - enough;
  let brief = true;
  for (const [index, part] of card.parts.slice(0, enough).entries()) {
    if (room < LEAST || blocks.length >= BLOCKS - 1 - ends.length) {
      left = all - index;
      brief = false;
      break;
    }
    const block = renderPart(part, room - 1, card.whole ?? null);
    if (block === null) continue;
    room -= costOf(block) + 1;
    blocks.push(block);
  }
  if (left > 0 || buttons.left > 0) {
    const text = fitText(
      notice({ parts: left, buttons: buttons.left, brief: brief && buttons.left === 0 }, card.whole),
      NOTICE - 80,
    );
    blocks.push({ type: 'context', elements: [{ type: 'plain_text', text, emoji: false }] });
  }
  return { text: renderFallback(card), blocks: [...blocks, ...ends] };
}
