import { randomUUID } from 'node:crypto';
import type { SharedFile } from '../../../src/ports/chat.ts';

/** A file that a person was asked about, and where. */
interface Waiting {
  readonly file: SharedFile;
  readonly conversation: string;
}

/** Files that wait for a person's consent. Kept in the process: after a restart one asks for them again. */
export interface WaitingFiles {
  /** Gives the name by which the consent will name the file. */
  keep(waiting: Waiting): string;
  /** Once; null when it is not known, or waits in another chat. */
  take(id: string, conversation: string): SharedFile | null;
}

/** Those asked for longest ago go; a transcript is some 100 KB. */
const KEPT = 50;

export function createWaitingFiles(): WaitingFiles {
  const known = new Map<string, Waiting>();
  return {
    keep(waiting) {
      const id = randomUUID();
      known.set(id, waiting);
      if (known.size > KEPT) known.delete(known.keys().next().value ?? '');
      return id;
    },
    take(id, conversation) {
      const waiting = known.get(id);
      if (waiting?.conversation !== conversation) return null;
      known.delete(id);
      return waiting.file;
    },
  };
}
