import type { Document, YAMLError } from 'yaml';
import { isNode, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import { pathAt } from './locate.ts';
import type { Mistake } from './mistake.ts';
import { formatKeyPath } from './mistake.ts';

/** Characters; more is no configuration that a person wrote. */
const LARGEST = 1_000_000;

/** How often aliases may multiply what they stand for, against files that grow without end ("billion laughs"). */
const MOST_ALIASES = 200;

/** A text that was read, or at least as much of it as could be. */
export interface YamlReading {
  readonly document: Document;
  /** The content as plain data; undefined when the text is no YAML at all. */
  readonly data: unknown;
  readonly mistakes: readonly Mistake[];
  /** Line and column, from 1, of an offset. */
  position(offset: number): { line: number; column: number };
}

/** Reads one YAML 1.2 document; every mistake of its form comes with its place. */
export function readYaml(text: string, file: string): YamlReading {
  const lines = new LineCounter();
  const position = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const tooLarge = text.length > LARGEST;
  const document: Document = parseDocument(tooLarge ? '' : text, {
    lineCounter: lines,
    prettyErrors: false,
    logLevel: 'error',
    version: '1.2',
  });
  const mistake = (offset: number, key: string, what: string): Mistake => ({ file, ...position(offset), key, what });
  if (tooLarge) {
    const what = `is larger than ${LARGEST} characters and was not read`;
    return { document, data: undefined, position, mistakes: [mistake(0, '', what)] };
  }
  const mistakes = [...document.errors, ...document.warnings].map((error) =>
    mistake(error.pos[0], keyOf(error, document), wordsFor(error)),
  );
  visit(document, {
    Alias: (_, node) => {
      if (node.resolve(document)) return;
      mistakes.push(mistake(node.range?.[0] ?? 0, '', `nothing is anchored as &${node.source} before this`));
    },
    Pair: (_, pair) => {
      if (isScalar(pair.key)) return;
      const offset = isNode(pair.key) ? pair.key.range?.[0] : undefined;
      mistakes.push(mistake(offset ?? 0, '', 'a key must be a plain name'));
    },
  });
  if (mistakes.some((_, index) => document.errors[index]?.code !== 'DUPLICATE_KEY')) {
    return { document, data: undefined, position, mistakes };
  }
  const data = plainData(document);
  if (data !== undefined) return { document, data, position, mistakes };
  const what = 'the aliases (*name) in this file multiply without end; write the values out';
  return { document, data, position, mistakes: [...mistakes, mistake(0, '', what)] };
}

/** The content as plain data; undefined when its aliases grow beyond the limit. */
function plainData(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: MOST_ALIASES }) ?? {};
  } catch (error) {
    // The library's one error for this; an alias without its anchor was told before.
    if (error instanceof ReferenceError) return undefined;
    throw error;
  }
}

function keyOf(error: YAMLError, document: Document): string {
  return error.code === 'DUPLICATE_KEY' ? formatKeyPath(pathAt(document, error.pos[0])) : '';
}

function wordsFor(error: YAMLError): string {
  if (error.code === 'DUPLICATE_KEY') return 'this key stands here a second time; keep one of them';
  if (error.code === 'TAB_AS_INDENT') return 'a tab indents this line; YAML is indented with spaces';
  if (error.code === 'MULTIPLE_DOCS') return 'a second document begins here; the configuration is one document';
  if (error.code === 'TAG_RESOLVE_FAILED') return 'a tag (!name) is not allowed here; write the plain value';
  if (error.code === 'RESOURCE_EXHAUSTION') return 'is nested too deeply';
  return error.message;
}
