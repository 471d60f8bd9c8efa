import { problem } from '../../../src/playbook/answer.ts';
import type { Answered } from './follow-redirects.ts';
import { abandon, bodyOf } from './read-body.ts';

/** Some bytes of a blob, counted from 0; both ends belong to it, as in HTTP (RFC 9110, 14.1.2). */
export interface ByteRange {
  readonly from: number;
  readonly to: number;
}

/** What became of asking for a part of a blob. Nobody has verified its bytes against the blob’s digest. */
export type BlobPart =
  /** Exactly the bytes from `from` to `to`, or to the end where that is nearer; ends with a ProbeError when others come. */
  | {
      readonly kind: 'part';
      readonly bytes: AsyncIterable<Buffer>;
      readonly range: ByteRange;
      readonly total: number | null;
    }
  /** The server does not know ranges and began to send everything; the transfer is ended. */
  | { readonly kind: 'whole-only' }
  /** The blob ends before `from`. */
  | { readonly kind: 'beyond-end'; readonly total: number | null };

/** The value of the Range header: one range, as several would come as a multipart answer. */
export function rangeHeader({ from, to }: ByteRange): string {
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || from < 0 || to < from) {
    throw new RangeError(`no range of bytes: ${from}-${to}`);
  }
  return `bytes=${from}-${to}`;
}

/** Reads an answer of 200, 206 or 416 to a request with a Range header. Throws ProbeError (`invalid`) for other bytes than were asked for. */
export function blobPartOf(answered: Answered, asked: ByteRange): BlobPart {
  const { reply } = answered;
  const stated = contentRange(reply.headers['content-range']);
  if (reply.statusCode !== 206) {
    // What would come now are the bytes that nobody wants.
    abandon(reply);
    if (reply.statusCode === 200) return { kind: 'whole-only' };
    return { kind: 'beyond-end', total: stated?.kind === 'unsatisfied' ? stated.total : null };
  }
  const range = stated?.kind === 'range' ? stated : null;
  const end = range === null || range.total === null ? asked.to : Math.min(asked.to, range.total - 1);
  if (range === null || range.from !== asked.from || range.to !== end) {
    abandon(reply);
    throw wrongPart(
      answered,
      `it answered with ${range === null ? 'no readable range' : `${range.from} to ${range.to}`}`,
    );
  }
  const { from, to, total } = range;
  return { kind: 'part', range: { from, to }, total, bytes: exactly(answered, to - from + 1) };
}

type ContentRange =
  | { readonly kind: 'range'; readonly from: number; readonly to: number; readonly total: number | null }
  | { readonly kind: 'unsatisfied'; readonly total: number };

/** RFC 9110, 14.4. A multipart answer has none. */
function contentRange(header: string | readonly string[] | undefined): ContentRange | null {
  const match = /^bytes (?:(\d{1,15})-(\d{1,15})|\*)\/(?:(\d{1,15})|\*)$/i.exec(
    typeof header === 'string' ? header : '',
  );
  if (match === null) return null;
  const total = match[3] === undefined ? null : Number(match[3]);
  if (match[1] === undefined) return total === null ? null : { kind: 'unsatisfied', total };
  const [from, to] = [Number(match[1]), Number(match[2])];
  return from > to || (total !== null && to >= total) ? null : { kind: 'range', from, to, total };
}

async function* exactly(answered: Answered, length: number): AsyncGenerator<Buffer> {
  let left = length;
  for await (const chunk of bodyOf(answered.reply, answered.question)) {
    left -= chunk.length;
    if (left < 0) throw wrongPart(answered, 'more bytes came');
    yield chunk;
  }
  if (left > 0) throw wrongPart(answered, `${left} of its bytes did not come`);
}

function wrongPart({ question }: Answered, why: string) {
  const message = `a part of ${question.what} was asked for (${question.headers.range}), and ${why}. Something between here and the storage does not handle ranges right.`;
  return problem('invalid', question.endpoint.registry, message);
}
