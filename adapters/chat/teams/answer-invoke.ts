import type { Application } from '../../../src/ports/application.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import { Late, untilAborted } from '../../../src/ports/until-aborted.ts';
import type { Card } from '../../../src/view/card.ts';
import type { Origins } from './origin.ts';
import { readCardData } from './press-data.ts';
import type { Incoming } from './read-activity.ts';
import { refreshCard } from './refresh-card.ts';
import { CARD_TYPE } from './render-card.ts';
import { OLD_BUTTON, readPressed, type TakeContext, takeIntent } from './take-intent.ts';

/** What answering needs. */
export interface InvokeContext extends TakeContext {
  readonly clock: Clock;
  readonly permalink: (run: string) => string | null;
  /** Whether a key is seen for the first time; atomic and durable. */
  readonly claim: (key: string) => Promise<boolean>;
  /** Work that goes on after the answer. */
  readonly follow: (work: Promise<void>) => void;
  readonly origins: Origins;
  /** Deals with the answer to a question about a file. */
  readonly consent: (incoming: Incoming) => Promise<void>;
  readonly tell: (incoming: Incoming, card: Card) => Promise<void>;
}

/** The answer to an invoke: an HTTP status, and for the presses of cards a body (T16). */
export interface InvokeAnswer {
  readonly status: 200 | 501;
  readonly body: { readonly statusCode: number; readonly type: string; readonly value: unknown } | null;
}

/** Teams gives an invoke five seconds, then sends it again (T17); some are spent on its token. Milliseconds. */
const ANSWER_MS = 3000;

const message = (value: string): InvokeAnswer => ({
  status: 200,
  body: { statusCode: 200, type: 'application/vnd.microsoft.activity.message', value },
});
const failure = (statusCode: number, code: string, text: string): InvokeAnswer => ({
  status: 200,
  body: { statusCode, type: 'application/vnd.microsoft.error', value: { code, message: text } },
});

/** Plain words: the client shows them as they are, to the person who pressed and to nobody else. */
function sayCard(card: Card): string {
  const texts = card.parts.flatMap((part) => {
    if (part.kind === 'text' || part.kind === 'code') return [part.text];
    return part.kind === 'list' ? part.items.map((item) => `- ${item}`) : [];
  });
  return [card.title, ...texts].join('\n').slice(0, 1000).toWellFormed();
}

/** Whether plain words are all there is to it. */
const isPlain = ({ parts, buttons }: Card) => buttons.length === 0 && parts.every(({ kind }) => kind !== 'facts');

/** Says it to the person who pressed; what has more than words is also told where it can be shown, in the chat with them alone. */
function sayTo(context: InvokeContext, incoming: Incoming, told: Card): InvokeAnswer {
  if (isPlain(told)) return message(sayCard(told));
  context.follow(context.tell(incoming, told));
  return message(`${sayCard(told).slice(0, 900)}\n\nAll of it is in your own chat with execfmt.`);
}

async function press(context: InvokeContext, came: Incoming): Promise<InvokeAnswer> {
  const data = readCardData(dataOf(came.value));
  if (data?.kind !== 'press') return message(sayCard(OLD_BUTTON));
  const { what, incoming } = readPressed(context.origins, came, data);
  const taking = takeIntent(context, incoming, what);
  try {
    const told = await untilAborted(taking, context.clock.deadline(ANSWER_MS));
    return told === null ? message('Taken. The thread shows what comes of it.') : sayTo(context, incoming, told);
  } catch (error) {
    if (!(error instanceof Late)) throw error;
    context.follow(
      taking.then(async (told) => {
        if (told !== null) await context.tell(incoming, told);
      }),
    );
    return message('execfmt is on it. The thread shows what comes of it.');
  }
}

function dataOf(value: unknown): unknown {
  const { action } = (value ?? {}) as { readonly action?: { readonly data?: unknown } | null };
  return action?.data;
}

async function refresh(context: InvokeContext & { application: Application }, incoming: Incoming) {
  const data = readCardData(dataOf(incoming.value));
  if (data?.kind !== 'refresh') return failure(400, 'BadRequest', 'There is no such card.');
  const card = await refreshCard(context.application, incoming, data, context.permalink);
  if (card === null) return failure(404, 'NotFound', 'There is no such card here any more.');
  return { status: 200, body: { statusCode: 200, type: CARD_TYPE, value: card } } as const;
}

/** Teams sends an invoke again that it believes lost (T17). */
async function consentOnce({ claim, consent, log }: InvokeContext, incoming: Incoming): Promise<void> {
  if (await claim(`teams-delivery:${incoming.id}`)) return consent(incoming);
  log.info({ delivery: incoming.id }, 'Teams: a delivery came again and was not taken again.');
}

/** Answers an invoke in time; what takes longer goes on and is told later. */
export async function answerInvoke(context: InvokeContext, incoming: Incoming): Promise<InvokeAnswer> {
  if (incoming.name === 'fileConsent/invoke') {
    context.follow(consentOnce(context, incoming));
    return { status: 200, body: null };
  }
  if (incoming.name !== 'adaptiveCard/action') return { status: 501, body: null };
  const data = readCardData(dataOf(incoming.value));
  if (data?.kind !== 'refresh') return press(context, incoming);
  try {
    return await untilAborted(refresh(context, incoming), context.clock.deadline(ANSWER_MS));
  } catch (error) {
    if (!(error instanceof Late)) throw error;
    return failure(503, 'Unavailable', 'execfmt could not look this up in time.');
  }
}
