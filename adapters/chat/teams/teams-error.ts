import { ChatError } from '../../../src/ports/chat.ts';
import type { GoneReason } from '../../../src/run/conversation.ts';

/** An answer of Teams that is none of the good ones. */
export class TeamsHttpError extends Error {
  readonly status: number;
  /** Teams' own word for it (`BotNotInConversationRoster`); empty when it gives none. */
  readonly word: string;
  /** How long Teams asks to wait, seconds; null when it does not say. */
  readonly retryAfter: number | null;
  constructor(status: number, word: string, retryAfter: number | null) {
    super(`Teams answered ${status}${word && ` ${word}`}.`);
    this.name = 'TeamsHttpError';
    this.status = status;
    this.word = word;
    this.retryAfter = retryAfter;
  }
}

/** No answer came, or it broke off: what was asked may have been done. */
export class NoAnswer extends Error {
  constructor(options: ErrorOptions) {
    super('No answer from Teams.', options);
    this.name = 'NoAnswer';
  }
}

/** The sign-in at Entra failed; nothing was sent to Teams. */
export class SignInError extends Error {
  /** Null: no answer came. */
  readonly status: number | null;
  constructor(status: number | null, word: string, options?: ErrorOptions) {
    super(`The sign-in answered ${status ?? 'nothing'}${word && ` ${word}`}.`, options);
    this.name = 'SignInError';
    this.status = status;
  }
}

/** Why a call failed, as far as it matters to what is done next. */
export interface TeamsFailure {
  readonly code: ChatError['code'];
  readonly reason: string;
  readonly retryAfter: number | null;
  /** Why the place takes nothing of the bot, as far as Teams says it. */
  readonly gone: GoneReason | null;
}

/** Only after these may the same be asked again (T12); 500 is not among them. */
const AGAIN = [412, 429, 502, 503, 504];
const GONE = [
  'BotNotInConversationRoster',
  'ConversationNotFound',
  'ActivityNotFoundInConversation',
  'MessageWritesBlocked',
  'ConversationBlockedByUser',
];

const REASONS: Readonly<Record<string, GoneReason>> = {
  BotNotInConversationRoster: 'not-a-member',
  MessageWritesBlocked: 'restricted',
  ConversationBlockedByUser: 'restricted',
};

/** Reads an error of a call by its class and status; null when it is none of Teams': a defect. */
export function readFailure(error: unknown): TeamsFailure | null {
  if (error instanceof NoAnswer) return { code: 'unavailable', reason: 'no answer', retryAfter: null, gone: null };
  if (error instanceof SignInError) {
    const passing = error.status === null || error.status === 429 || error.status >= 500;
    return { code: passing ? 'unavailable' : 'refused', reason: error.message, retryAfter: null, gone: null };
  }
  if (!(error instanceof TeamsHttpError)) return null;
  const { status, word, retryAfter } = error;
  const isGone = GONE.includes(word) || status === 404;
  const code = AGAIN.includes(status) ? 'unavailable' : isGone ? 'gone' : 'refused';
  return { code, reason: word ? `${status} ${word}` : `status ${status}`, retryAfter, gone: REASONS[word] ?? null };
}

const ADVICE: Record<ChatError['code'], string> = {
  gone: 'Add the app to that team or chat again; a message that was deleted cannot be updated.',
  refused:
    'Compare MicrosoftAppId, MicrosoftAppPassword and MicrosoftAppTenantId with the Azure bot, and look the word up in the Bot connector’s reference.',
  unavailable: 'It will work again when Teams does; status.cloud.microsoft says how Teams is.',
};

/** A failure as the port's error: what did not work, where, what to do next. */
export function toChatError(what: string, failure: TeamsFailure, cause: unknown): ChatError {
  const message = `Teams: ${what} failed (${failure.reason}). ${ADVICE[failure.code]}`;
  return new ChatError(failure.code, message, { cause, ...(failure.gone === null ? {} : { reason: failure.gone }) });
}
