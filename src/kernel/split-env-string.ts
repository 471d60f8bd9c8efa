const SPACES = new Set([' ', '\t', '\n', '\v', '\f', '\r']);
const ESCAPES: Readonly<Record<string, string>> = {
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '#': '#',
  $: '$',
  '"': '"',
  "'": "'",
  '\\': '\\',
};

/** The words so far; `word` is null between words. */
interface Splitting {
  readonly words: string[];
  word: string | null;
  quote: string;
}

function endWord(state: Splitting): void {
  if (state.word !== null) state.words.push(state.word);
  state.word = null;
}

/** Reads what follows a backslash: goes on, ends the text (`\c`), or fails. */
function readEscape(state: Splitting, char: string): 'on' | 'end' | 'bad' {
  if (char === 'c' && state.quote === '') return 'end';
  if (char === '_' && state.quote === '') {
    endWord(state);
    return 'on';
  }
  const value = char === '_' ? ' ' : ESCAPES[char];
  if (value === undefined) return 'bad';
  state.word = (state.word ?? '') + value;
  return 'on';
}

/** Reads one character that is no backslash. A variable is `bad`: its value is not ours to know. */
function readPlain(state: Splitting, char: string): 'on' | 'end' | 'bad' {
  const { quote, word } = state;
  if (quote === '' && SPACES.has(char)) endWord(state);
  else if (char === quote) state.quote = '';
  else if (quote === '' && (char === '"' || char === "'")) {
    state.quote = char;
    state.word ??= '';
  } else if (quote === '' && char === '#' && word === null) return 'end';
  else if (char === '$' && quote !== "'") return 'bad';
  else state.word = (word ?? '') + char;
  return 'on';
}

/**
 * Splits the argument of `env -S` (coreutils, src/env.c build_argv). Null when it contains a variable, whose value is
 * not ours to know, or is malformed.
 */
export function splitEnvString(text: string): readonly string[] | null {
  const state: Splitting = { words: [], word: null, quote: '' };
  for (let i = 0; i < text.length; i += 1) {
    const char = text[i] ?? '';
    const next = text[i + 1] ?? '';
    const escapes = char === '\\' && (state.quote !== "'" || next === "'" || next === '\\');
    if (escapes) i += 1;
    const turn = escapes ? readEscape(state, next) : readPlain(state, char);
    if (turn === 'bad') return null;
    if (turn === 'end') break;
  }
  if (state.quote !== '') return null;
  endWord(state);
  return state.words;
}
