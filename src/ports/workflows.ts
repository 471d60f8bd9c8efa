/**
 * Durable work: a function that is started once by its id, whose steps are remembered, and which goes on after a crash
 * with what was remembered. A step that was not finished runs again, so a step looks before it acts.
 */
export interface Workflows {
  /** Before `launch`. The function is given its input, which must be plain JSON. */
  define(name: string, body: WorkflowBody): void;
  /**
   * Starts it, unless one with this id was ever started. `lock`: at most one unfinished workflow holds it.
   * Resolves as soon as it is recorded.
   */
  start(name: string, id: string, input: unknown, lock?: string): Promise<'started' | 'exists' | 'locked'>;
  /** Resolves when the workflow has ended, here or elsewhere; for the terminal and for tests. */
  finished(id: string): Promise<'done' | 'failed'>;
  /** Resumes what an earlier process left unfinished. Gives their ids. */
  launch(): Promise<readonly string[]>;
  /** Stops taking on work, aborts the signals of what runs (it is resumed by the next process), and waits for it. */
  stop(): Promise<void>;
}

export type WorkflowBody = (context: WorkflowContext, input: unknown) => Promise<void>;

export interface WorkflowContext {
  readonly id: string;
  /** Whether an earlier process began this. */
  readonly resumed: boolean;
  /** Aborts when the process stops. */
  readonly signal: AbortSignal;
  /** Runs `work` once and remembers its plain JSON result under `name`, unique within the workflow. */
  step<T>(name: string, work: () => Promise<T>): Promise<T>;
}
