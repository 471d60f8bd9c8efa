import type { Platform } from './platform.ts';

/** What a reference points to now. */
export interface PublishedImage {
  readonly reference: string;
  /** Of the index or manifest that the reference itself names. */
  readonly digest: string;
  readonly mediaType: string;
  readonly kind: 'index' | 'manifest';
  /** Of an index its platforms, attestations left out; of a manifest just itself, by its configuration. */
  readonly entries: readonly PublishedEntry[];
  /** The registry or the mirror of it that gave the answer; absent in what was noted before there were mirrors. */
  readonly servedBy?: string;
}

export interface PublishedEntry {
  /** Null when the entry states none. */
  readonly platform: Platform | null;
  /** Of the manifest. */
  readonly digest: string;
}
