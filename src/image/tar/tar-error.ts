/** Bytes that are no tar archive, or a damaged or absurd one; the message begins with "it" or "its". Caught where it has a name. */
export class TarError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'TarError';
  }
}
