/** Which run the work at hand is for, without handing it through every call. */
export interface RunScope {
  /** Everything that `work` does, now and later, is for this run. */
  within<T>(run: string, work: () => Promise<T>): Promise<T>;
  /** Null when it is for none. */
  current(): string | null;
}
