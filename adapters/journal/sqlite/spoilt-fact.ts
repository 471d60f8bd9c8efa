/** Bytes of an event were changed behind SQLite's back, which it does not notice by itself. */
export class SpoiltFact extends Error {
  constructor(run: string, cause: unknown) {
    super(`An event of run ${run} cannot be read.`, { cause });
    this.name = 'SpoiltFact';
  }
}
