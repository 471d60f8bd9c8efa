/** A command that is handed to a shell as text. */
export interface ShellForm {
  /** As it is executed: `/bin/sh`. */
  readonly shell: string;
  /** The first word of the command when it is certain that it is executed, by an absolute path; else null. */
  readonly program: string | null;
  /** Whether that one program is all there is, so that its failure is the command's. */
  readonly alone: boolean;
}

const SHELLS = /(?:^|\/)(?:sh|ash|bash|dash|ksh|mksh|zsh)$/;
/** `-c`, alone or at the end of a bundle (`-ec`). */
const COMMAND_FLAG = /^-[a-z]*c$/;
const OTHER_FLAG = /^-[a-z]+$/;
/** What joins commands, opens a subshell or begins another line; `2>&1` is none of that. */
const JOINED = /[;|\n()`]|(?<!>)&/;

/**
 * Reads the shell form of an entrypoint or command (`["/bin/sh", "-c", "exec /app/render --port 80"]`, as Dockerfiles make it
 * of a plain line); null when it is none.
 */
export function shellForm(argv: readonly string[]): ShellForm | null {
  const [shell = '', ...rest] = argv;
  if (!SHELLS.test(shell)) return null;
  const at = rest.findIndex((argument) => !OTHER_FLAG.test(argument) || COMMAND_FLAG.test(argument));
  const command = rest[at + 1];
  if (at < 0 || command === undefined || !COMMAND_FLAG.test(rest[at] ?? '')) return null;
  const program = /^\s*(?:exec\s+)?(\/[\w.+@/-]+)(?=\s|$)/.exec(command)?.[1] ?? null;
  return { shell, program, alone: program !== null && !JOINED.test(command) };
}
