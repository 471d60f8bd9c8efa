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
/** What joins commands, opens a subshell or begins another line; `2>&1` is none of that. */
const JOINED = /[;|\n()`]|(?<!>)&/;

/**
 * Reads the shell form of an entrypoint or command (`["/bin/sh", "-c", "exec /app/render --port 80"]`, as Dockerfiles make it
 * of a plain line); null when it is none.
 */
export function shellForm(argv: readonly string[]): ShellForm | null {
  const [shell = ''] = argv;
  const command = SHELLS.test(shell) ? commandOf(argv) : null;
  if (command === null) return null;
  const program = /^\s*(?:exec\s+)?(\/[\w.+@/-]+)(?=[\s;|&<>()]|$)/.exec(command)?.[1] ?? null;
  return { shell, program, alone: program !== null && !JOINED.test(command) };
}

/** What follows `-c` and the other options: bundled ones (`-ec`), and `-o pipefail` with its name behind it. */
function commandOf(argv: readonly string[]): string | null {
  let isCommand = false;
  for (let at = 1; at < argv.length; at++) {
    const word = argv[at] ?? '';
    if (!/^-[A-Za-z]+$/.test(word)) return isCommand ? word : null;
    isCommand ||= word.includes('c');
    if (word.includes('o')) at += 1;
  }
  return null;
}
