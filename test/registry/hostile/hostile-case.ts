import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer, ProbeFailureCode } from '../../../src/playbook/answer.ts';
import type { ImageSource } from '../../../src/ports/image-source.ts';
import type { BuiltImage } from '../../servers/registry/build-image.ts';
import type { TestRegistry } from '../../servers/registry/start-registry.ts';

/** What a case plays on: a registry that holds the image `x:v1` until the case changes that, and a second host. */
export interface Stage {
  readonly registry: TestRegistry;
  readonly other: TestRegistry;
  readonly image: BuiltImage;
  /** Logged in to the registry as `bot`, with short deadlines and pauses that take no time. */
  readonly source: ImageSource;
  readonly signal: AbortSignal;
}

/** One way in which a registry may be hostile or broken, and what becomes of it. A row of docs/hostile-registries.md. */
export interface HostileCase {
  /** Completes “the registry …”. */
  readonly does: string;
  readonly set: (stage: Stage) => void;
  /** Else `x:v1` is resolved. */
  readonly ask?: (stage: Stage) => Promise<Answer<unknown>>;
  /** A failure with this code whose message says this; or a success, and what is true of it. */
  readonly result:
    | { readonly code: ProbeFailureCode; readonly says: string }
    | { readonly known: string; readonly holds: (value: unknown) => boolean };
  /** What else must be true afterwards: what was not asked, what was not sent. Throws when it is not. */
  readonly check?: (stage: Stage) => void;
}

/** Cases that belong together, under one heading of the document. */
export interface HostileCases {
  readonly about: string;
  readonly cases: readonly HostileCase[];
}

/** Answers the requests whose path has this in it. */
export function answerTo(
  part: string,
  answer: (response: ServerResponse, request: IncomingMessage) => void,
): (stage: Stage) => void {
  return ({ registry }) => {
    registry.intercept = (request, response, path) => {
      if (!path.includes(part)) return false;
      answer(response, request);
      return true;
    };
  };
}

/** Sends a text again and again, as fast as it is taken, until the other side has had enough. */
export function flood(response: ServerResponse, text: string): void {
  const chunk = Buffer.from(text.repeat(Math.ceil(65_536 / text.length)));
  const send = () => {
    while (!response.destroyed && response.write(chunk));
    if (!response.destroyed) response.once('drain', send);
  };
  send();
}

/** Sends a text bit by bit, and never the end of it. */
export function trickle(write: (bit: string) => boolean, isOver: () => boolean): void {
  const timer = setInterval(() => {
    if (isOver()) clearInterval(timer);
    else write(' ');
  }, 20);
}

export const reference = ({ registry }: Stage) => `${registry.host}/x:v1`;
export const AMD64 = { os: 'linux', architecture: 'amd64', variant: null } as const;
