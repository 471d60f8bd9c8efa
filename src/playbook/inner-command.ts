import { type ShellForm, shellForm } from './shell-form.ts';

/** A command that a shell or a script, once it runs, executes for certain. */
export interface InnerCommand {
  readonly argv: readonly string[];
  /** Who executes it, for a sentence: `/bin/sh`, `/entrypoint.sh`. */
  readonly by: string;
}

/** A plain word of a shell: nothing in it is expanded or quoted. */
const PLAIN = /^[\w.+@%:,=/-]+$/;
const EXEC = /^\s*exec\s+(.+?)\s*$/;
const ALL_ARGUMENTS = /^(?:"\$@"|\$@|"\$\{@\}")$/;

/** The command of the last `exec` that stands at the beginning of a line: what the script hands over to in the end. */
function lastExec(script: string, rest: readonly string[]): readonly string[] | null {
  const lines = script.split('\n').filter((line) => EXEC.test(line));
  const words = EXEC.exec(lines.at(-1) ?? '')?.[1]?.split(/\s+/) ?? [];
  if (words.length === 0) return null;
  if (ALL_ARGUMENTS.test(words[0] ?? '')) return rest.length > 0 ? rest : null;
  const plain = words.findIndex((word) => !PLAIN.test(word));
  const argv = plain < 0 ? words : words.slice(0, plain);
  return argv.length > 0 ? argv : null;
}

/** Programs that do nothing but start another one: init processes, and those that change the user first. */
const STARTERS = /(?:^|\/)(?:tini|docker-init|dumb-init|catatonit|env)(?:-static)?$/;
const CHANGES_USER = /(?:^|\/)(?:su-exec|gosu)$/;

/** The words behind a starter's own: options, `--`, and env's assignments; of those that change the user also the user. */
function startedBy(argv: readonly string[]): readonly string[] | null {
  const [starter = '', ...words] = argv;
  const changesUser = CHANGES_USER.test(starter);
  if (!changesUser && !STARTERS.test(starter)) return null;
  const separator = words.indexOf('--');
  const rest = separator >= 0 ? words.slice(separator + 1) : words.slice(changesUser ? 1 : 0);
  const first = rest.findIndex((word) => !word.startsWith('-') && !/^\w+=/.test(word));
  return first < 0 ? null : rest.slice(first);
}

const ofShell = ({ shell, program }: ShellForm): InnerCommand | null =>
  program === null ? null : { argv: [program], by: shell };

/**
 * What is executed behind the first program: the command of `sh -c`, what an init process starts, or what a script execs last,
 * `"$@"` being the rest of the arguments. `script` is the text of the entrypoint when it is one, else null. Null when nothing is certain.
 */
export function innerCommand(argv: readonly string[], script: string | null): InnerCommand | null {
  const shell = shellForm(argv);
  if (shell) return ofShell(shell);
  const started = startedBy(argv);
  if (started) return { argv: started, by: argv[0] ?? '' };
  const inner = script === null ? null : lastExec(script, argv.slice(1));
  return inner && { argv: inner, by: argv[0] ?? '' };
}
