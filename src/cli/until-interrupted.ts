const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs work with a signal that aborts when somebody ends the program, so that it can take away what it made. Then the
 * program ends as it was told to, and nothing is returned.
 */
export async function untilInterrupted<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  let received: NodeJS.Signals | null = null;
  const stop = (name: NodeJS.Signals) => {
    received = name;
    controller.abort();
  };
  for (const name of SIGNALS) process.once(name, stop);
  try {
    return await work(controller.signal);
  } finally {
    for (const name of SIGNALS) process.off(name, stop);
    if (received !== null) process.kill(process.pid, received);
  }
}
