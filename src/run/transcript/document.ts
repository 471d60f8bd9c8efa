/** A transcript before its format: what a postmortem needs of one run. All texts are plain text, all times UTC. */
export interface TranscriptDocument {
  readonly title: string;
  readonly practice: boolean;
  /** What came of it, in a sentence. */
  readonly outcome: string;
  /** The last link of the hash chain. */
  readonly head: string;
  /** Of the program that wrote it. */
  readonly version: string;
  readonly sections: readonly Section[];
}

export interface Section {
  /** Safe in an address: `timeline`. */
  readonly id: string;
  readonly title: string;
  readonly blocks: readonly Block[];
}

/** A piece of a section. Headings are of level 3 or 4, in order. */
export type Block =
  | { readonly kind: 'heading'; readonly level: 3 | 4; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'facts'; readonly facts: readonly { readonly label: string; readonly value: string }[] }
  | {
      readonly kind: 'table';
      /** What the table holds; for those who cannot see where it stands. */
      readonly caption: string;
      readonly columns: readonly string[];
      readonly rows: readonly (readonly string[])[];
    }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  /** Items to copy and tick off. */
  | { readonly kind: 'checklist'; readonly items: readonly string[] }
  | { readonly kind: 'code'; readonly text: string };

export const text = (said: string): Block => ({ kind: 'text', text: said });
export const heading = (level: 3 | 4, said: string): Block => ({ kind: 'heading', level, text: said });
export const facts = (...rows: readonly (readonly [label: string, value: string])[]): Block => ({
  kind: 'facts',
  facts: rows.map(([label, value]) => ({ label, value })),
});
export const table = (caption: string, columns: readonly string[], rows: readonly (readonly string[])[]): Block => ({
  kind: 'table',
  caption,
  columns,
  rows,
});
