import { canonicalJson } from '../approval/canonical-json.ts';
import type { RunEvent } from './events.ts';

/** SHA-256 of a text, in lower-case hexadecimal; comes in through the port `Ids`. */
export type Sha256 = (text: string) => string;

/** An event and the hash that binds it to all before it. */
export interface ChainedEvent extends RunEvent {
  readonly hash: string;
}

/** What the first link follows on: it binds the chain to its run, so that no event can be moved to another one. */
function genesis(run: string, sha256: Sha256): string {
  return sha256(canonicalJson({ chain: 'execfmt-run/1', run }));
}

/** SHA-256 over the hash before, a line feed, and the event's canonical JSON. */
function link(before: string, { run, seq, key, at, fact }: RunEvent, sha256: Sha256): string {
  return sha256(`${before}\n${canonicalJson({ run, seq, key, at, fact })}`);
}

/** The events of a run, each with its hash. Pure: the same events give the same chain everywhere. */
export function chainEvents(events: readonly RunEvent[], sha256: Sha256): readonly ChainedEvent[] {
  let before = genesis(events[0]?.run ?? '', sha256);
  return events.map(({ run, seq, key, at, fact }) => {
    before = link(before, { run, seq, key, at, fact }, sha256);
    return { run, seq, key, at, fact, hash: before };
  });
}

/** The last link of a run's chain: who knows it can tell whether anything was changed. Null when there are no events. */
export function chainHead(events: readonly RunEvent[], sha256: Sha256): string | null {
  return chainEvents(events, sha256).at(-1)?.hash ?? null;
}

/** The first event whose hash does not follow from it and the ones before, or that is out of its order; null when all do. */
export function firstBrokenLink(run: string, events: readonly ChainedEvent[], sha256: Sha256): ChainedEvent | null {
  let before = genesis(run, sha256);
  for (const [index, event] of events.entries()) {
    if (event.seq !== index + 1 || event.run !== run || event.hash !== link(before, event, sha256)) return event;
    before = event.hash;
  }
  return null;
}
