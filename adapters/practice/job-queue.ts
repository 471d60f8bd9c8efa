/** How the queue of the practice incident is set up. Times are in milliseconds since 1970. */
export interface JobQueueOptions {
  readonly now: () => number;
  /** In how many seconds of work the whole queue is done. */
  readonly drainSeconds: number;
}

/** What can be measured at one moment; `renderedPages` is null while no renderer runs. */
export interface QueueReading {
  readonly pendingJobs: number;
  readonly oldestJobSeconds: number;
  readonly renderedPages: number | null;
}

const JOBS = 1_847;
const OLDEST_AT_FIRST_SECONDS = 7_200;
const PAGES_A_JOB = 4;

/** The queue that piles up while no renderer runs. It has no timer: what it holds follows from how long one has worked. */
export class JobQueue {
  readonly #now: () => number;
  readonly #drainMs: number;
  readonly #beganAt: number;
  #renderers = 0;
  #workedMs = 0;
  #since = 0;
  #jobsAtStart = 0;

  constructor({ now, drainSeconds }: JobQueueOptions) {
    this.#now = now;
    this.#drainMs = drainSeconds * 1000;
    this.#beganAt = now();
  }

  /** A renderer begins to work; the returned function ends that, once. */
  attach(): () => void {
    this.#settle();
    this.#renderers += 1;
    if (this.#renderers === 1) this.#jobsAtStart = this.#done();
    let attached = true;
    return () => {
      if (!attached) return;
      attached = false;
      this.#settle();
      this.#renderers -= 1;
    };
  }

  read(): QueueReading {
    this.#settle();
    const pendingJobs = JOBS - this.#done();
    const age = OLDEST_AT_FIRST_SECONDS + (this.#now() - this.#beganAt) / 1000;
    return {
      pendingJobs,
      oldestJobSeconds: Math.round((age * pendingJobs) / JOBS),
      renderedPages: this.#renderers === 0 ? null : (this.#done() - this.#jobsAtStart) * PAGES_A_JOB,
    };
  }

  #done(): number {
    return Math.min(JOBS, Math.floor((JOBS * this.#workedMs) / this.#drainMs));
  }

  #settle(): void {
    const now = this.#now();
    if (this.#renderers > 0) this.#workedMs += Math.max(0, now - this.#since);
    this.#since = now;
  }
}
