/** Work was not waited for to its end: its deadline passed, or it was no longer wanted. */
export class Late extends Error {
  constructor() {
    super('Not waited for any longer.');
    this.name = 'Late';
  }
}

/** Gives what `work` gives, or rejects with Late as soon as the signal aborts. For calls that take no signal themselves. */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(new Late());
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
