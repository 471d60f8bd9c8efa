/** One line of a build's log, without colours and timestamps, redacted, at most 300 characters. */
export interface LogLine {
  /** As the CI server's page counts, from 1. */
  readonly number: number;
  readonly text: string;
}

/**
 * What a line of a log says of an architecture. `measured`: the output of a command such as `uname -m`; `asked`: an option
 * such as `--platform`; `said`: words, which whoever wrote the script chose.
 */
export interface ArchitectureClaim {
  readonly kind: 'said' | 'measured' | 'asked';
  /** `linux`; null when only the machine is named. */
  readonly os: string | null;
  /** By its GOARCH name. */
  readonly architecture: string;
  readonly line: LogLine;
}

/** An image that the log says was pushed. */
export interface PushedImage {
  /** `registry.corp.io/pdf-renderer`, with the tag where the line has it; null when the log does not say. */
  readonly reference: string | null;
  readonly digest: string;
  readonly line: LogLine;
}

/** What a build's log tells of where and what it built. */
export interface BuildLog {
  /** Of the runner, as it introduces itself; null when the log does not say. */
  readonly runnerName: string | null;
  /** The machine the job was given, where that has a name of its own. */
  readonly machineName: string | null;
  /** Of a hosted runner: `ubuntu-24.04-arm`. */
  readonly runnerImage: string | null;
  /** `shell`, `docker`, `kubernetes` …: how the runner runs jobs. */
  readonly executor: string | null;
  readonly claims: readonly ArchitectureClaim[];
  /** The commands that build images. Values of build arguments are left out. */
  readonly commands: readonly LogLine[];
  readonly pushed: readonly PushedImage[];
  /** Of the whole log, as far as it was read. */
  readonly lineCount: number;
  /** The log is longer than what was read of it. */
  readonly truncated: boolean;
}
