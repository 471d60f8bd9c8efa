import { createHash } from 'node:crypto';
import { LayerFault } from './layer-fault.ts';

/** A blob's bytes on their way, hashed as they pass. */
export interface VerifiedBytes {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Reads what is left (a decompressor may stop before the end). Rejects with LayerFault when the digest is another one. */
  verifyRest(): Promise<void>;
  /** Ends the source. */
  close(): Promise<void>;
}

/** Hashes a blob while it is read; one that is longer than it should be is cut short with a LayerFault. */
export function verifyBytes(
  source: AsyncIterable<Uint8Array>,
  blob: { readonly digest: string; readonly size: number | null },
): VerifiedBytes {
  const iterator = source[Symbol.asyncIterator]();
  const hash = createHash(blob.digest.slice(0, blob.digest.indexOf(':')));
  let total = 0;
  const next = async (): Promise<Uint8Array | null> => {
    const turn = await iterator.next();
    if (turn.done) return null;
    total += turn.value.length;
    if (blob.size !== null && total > blob.size) throw longer(blob.size);
    hash.update(turn.value);
    return turn.value;
  };
  return {
    chunks: {
      // Leaving the loop does not end the source: the rest is still to be hashed.
      [Symbol.asyncIterator]: async function* () {
        for (let chunk = await next(); chunk !== null; chunk = await next()) yield chunk;
      },
    },
    verifyRest: async () => {
      while ((await next()) !== null);
      if (blob.size !== null && total < blob.size) throw shorter(total, blob.size);
      if (!blob.digest.endsWith(`:${hash.digest('hex')}`)) throw other();
    },
    close: async () => {
      await iterator.return?.(undefined);
    },
  };
}

const NOT_ITS_BYTES = 'its bytes are not the ones its digest stands for';
const other = () => new LayerFault('invalid', NOT_ITS_BYTES);
const longer = (size: number) =>
  new LayerFault('invalid', `${NOT_ITS_BYTES}: more came than the ${size} that the manifest states`);
const shorter = (came: number, size: number) =>
  new LayerFault('invalid', `${NOT_ITS_BYTES}: only ${came} of ${size} came`);
