/** What a command ends with when it is told wrongly or configured wrongly (the contract's status 2). */
export const USAGE = 2;

/** A mistake of the one who typed or configured: told in words, without a stack, and the command ends with 2. */
export class UsageError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UsageError';
  }
}
