import {
  SlackError,
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
} from '@slack/web-api';
import { ChatError } from '../../../src/ports/chat.ts';
import type { GoneReason } from '../../../src/run/conversation.ts';

/** Errors of Slack itself that may pass, and after which what was asked may have been done all the same. */
const PASSING = ['internal_error', 'fatal_error', 'service_unavailable', 'request_timeout', 'team_added_to_org'];
const LIMITED = ['ratelimited', 'rate_limited', 'message_limit_exceeded'];
/** What Slack says of places that take no messages of the bot (S25), and of files (S23). */
const GONE: Readonly<Record<string, GoneReason>> = {
  not_in_channel: 'not-a-member',
  channel_not_found: 'not-a-member',
  invalid_channel: 'not-a-member',
  is_archived: 'archived',
  restricted_action_non_threadable_channel: 'no-threads',
  posting_to_channel_denied: 'restricted',
};

/** Why a call failed, as far as it matters to what is done next. */
export interface SlackFailure {
  readonly code: ChatError['code'];
  /** Slack's own word for it (`not_in_channel`), or the kind of failure. */
  readonly reason: string;
  /** How long Slack asks to wait, seconds; null when it does not say. */
  readonly retryAfter: number | null;
  /** What was asked may have been done. */
  readonly maybeDone: boolean;
  /** Why the place is gone. */
  readonly gone?: GoneReason;
}

/** The bytes of a file did not arrive: the status, or null when no answer came. */
export class UploadError extends Error {
  readonly status: number | null;
  constructor(status: number | null, options?: ErrorOptions) {
    super(`The upload of a file ended with ${status ?? 'no answer'}.`, options);
    this.name = 'UploadError';
    this.status = status;
  }
}

function readPlatformError(reason: string): SlackFailure {
  // A body that is not Slack's (a proxy's page) comes as one long "error": nobody knows what became of the call.
  if (!/^[a-z_]{1,80}$/.test(reason)) {
    return { code: 'unavailable', reason: 'an answer that is not Slack’s', retryAfter: null, maybeDone: true };
  }
  if (PASSING.includes(reason)) return { code: 'unavailable', reason, retryAfter: null, maybeDone: true };
  if (LIMITED.includes(reason)) return { code: 'unavailable', reason, retryAfter: null, maybeDone: false };
  const gone = GONE[reason] ?? (reason.startsWith('restricted_action') ? 'restricted' : undefined);
  const failure = { reason, retryAfter: null, maybeDone: false };
  return gone === undefined ? { ...failure, code: 'refused' } : { ...failure, code: 'gone', gone };
}

function readUploadError({ status }: UploadError): SlackFailure {
  const passing = status === null || status >= 500 || status === 408 || status === 429;
  const reason = status === null ? 'no answer to an upload' : `status ${status} to an upload`;
  return { code: passing ? 'unavailable' : 'refused', reason, retryAfter: null, maybeDone: false };
}

/** Reads an error of the Web API's client by class, status and code; null when it is none of Slack's: a defect. */
export function readFailure(error: unknown): SlackFailure | null {
  if (error instanceof UploadError) return readUploadError(error);
  if (!(error instanceof SlackError)) return null;
  if (error instanceof WebAPIRateLimitedError) {
    return { code: 'unavailable', reason: 'ratelimited', retryAfter: error.retryAfter, maybeDone: false };
  }
  if (error instanceof WebAPIPlatformError) return readPlatformError(String(error.data.error));
  if (error instanceof WebAPIHTTPError) {
    const passing = error.statusCode >= 500 || error.statusCode === 408;
    const reason = `status ${error.statusCode}`;
    return { code: passing ? 'unavailable' : 'refused', reason, retryAfter: null, maybeDone: passing };
  }
  if (error instanceof WebAPIRequestError) {
    return { code: 'unavailable', reason: 'no answer', retryAfter: null, maybeDone: true };
  }
  return { code: 'refused', reason: 'an error of the client', retryAfter: null, maybeDone: false };
}

const ADVICE: Record<ChatError['code'], string> = {
  gone: 'Invite the app into the channel (/invite @execfmt), or name another channel in chat.slack.channels.',
  refused: 'Look the word up in Slack’s reference of the method; tokens and scopes are set in the app’s settings.',
  unavailable: 'It will work again when Slack does; status.slack.com says how Slack is.',
};

/** A failure as the port's error: what did not work, where, what to do next. */
export function toChatError(what: string, failure: SlackFailure, cause: unknown): ChatError {
  const message = `Slack: ${what} failed (${failure.reason}). ${ADVICE[failure.code]}`;
  return new ChatError(failure.code, message, { cause, ...(failure.gone && { reason: failure.gone }) });
}
