/** The table of contents of a layer turned out to be wrong; the layer is listed anew when it is asked for again. */
export class LyingToc extends Error {
  constructor(cause: unknown) {
    super('the table of contents of a layer is not true', { cause });
    this.name = 'LyingToc';
  }
}
