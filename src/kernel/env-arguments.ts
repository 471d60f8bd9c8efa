import { splitEnvString } from './split-env-string.ts';

/**
 * What `env` makes of the one argument that a `#!` line gives it: the command it runs and with which PATH; `itself` when
 * it is left with the script's own name; `failed` with its status; `unknown` when it cannot be told.
 */
export type EnvArguments =
  | { readonly kind: 'command'; readonly command: string; readonly path: string | null }
  | { readonly kind: 'itself' }
  | { readonly kind: 'failed'; readonly exit: number; readonly why: string }
  | { readonly kind: 'unknown' };

const USAGE = 125;
const SPLIT = /^(?:-[vi]*S|--split-string=)(.*)$/s;
const FLAGS = new Set(['-', '-i', '-v', '-iv', '-vi', '--ignore-environment', '--debug', '--']);

const CLEARS = /^(?:-|-i|-iv|-vi|--ignore-environment)$/;
/** Options that env knows, but that lead away from running the command at once. */
const TAKES_OVER =
  /^(?:-C|-S|-a|--(?:chdir|split-string|argv0|help|version|block-signal|default-signal|ignore-signal|list-signal-handling)\b)/;

/** Walks the words after `env`: options, assignments, then the command. */
function walk(words: readonly string[], path: string | null): EnvArguments {
  const rest = [...words];
  let current = path;
  let options = true;
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (options && FLAGS.has(word)) {
      if (CLEARS.test(word)) current = null;
      if (word === '--') options = false;
    } else if (options && /^(-u|--unset)/.test(word)) {
      const name = word === '-u' ? rest.shift() : word.replace(/^(-u|--unset=?)/, '');
      if (name === 'PATH') current = null;
    } else if (options && word.startsWith('-')) {
      return TAKES_OVER.test(word)
        ? { kind: 'unknown' }
        : { kind: 'failed', exit: USAGE, why: `env knows no option ${JSON.stringify(word)}` };
    } else if (word.includes('=')) {
      options = false;
      if (word.startsWith('PATH=')) current = word.slice('PATH='.length);
    } else {
      return { kind: 'command', command: word, path: current };
    }
  }
  return { kind: 'itself' };
}

/** `canSplit` is false for busybox, whose env has no -S. */
export function readEnvArguments(argument: string | null, path: string | null, canSplit: boolean): EnvArguments {
  if (argument === null) return { kind: 'itself' };
  const split = SPLIT.exec(argument);
  if (!split) return walk([argument], path);
  if (!canSplit) return { kind: 'failed', exit: 1, why: 'this env (busybox) has no option -S' };
  const words = splitEnvString(split[1] ?? '');
  if (words === null) return { kind: 'unknown' };
  return walk(words, argument.slice(0, 4).includes('i') && argument.startsWith('-') ? null : path);
}
