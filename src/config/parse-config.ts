import { isMap, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { crossCheck } from './cross-check.ts';
import { configSchema, type WrittenConfig } from './schema.ts';
import { nearest } from './suggest.ts';

/** One mistake in a configuration, where it stands, and what is wrong. Lines and columns count from 1. */
export interface Mistake {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** `services.pdf-renderer.targets.0.host`; empty for the file as a whole. */
  readonly key: string;
  readonly what: string;
}

export type ParsedConfig =
  | { readonly ok: true; readonly config: WrittenConfig }
  | { readonly ok: false; readonly mistakes: readonly Mistake[] };

/** Larger than any sensible configuration, characters. */
const SIZE_LIMIT = 1_000_000;
const ALIAS_LIMIT = 100;

/** Reads a configuration; all of its mistakes are told at once, in the order in which they stand. */
export function parseConfig(text: string, file: string): ParsedConfig {
  const at = (line: number, column: number, key: string, what: string): Mistake => ({ file, line, column, key, what });
  if (text.length > SIZE_LIMIT) return { ok: false, mistakes: [at(1, 1, '', `larger than ${SIZE_LIMIT} characters`)] };
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const problems = document.errors.map((error) => {
    const { line, col } = lines.linePos(error.pos[0]);
    return at(line, col, '', error.message);
  });
  if (problems.length > 0) return { ok: false, mistakes: problems };
  const value = plainValue(document);
  if (value instanceof Error) return { ok: false, mistakes: [at(1, 1, '', value.message)] };

  const parsed = configSchema.safeParse(value ?? {});
  const issues = parsed.success ? crossCheck(parsed.data) : parsed.error.issues.flatMap(explainIssue);
  if (parsed.success && issues.length === 0) return { ok: true, config: parsed.data };
  const mistakes = issues.map(({ path, what }) => {
    const { line, col } = lines.linePos(offsetOf(document, path));
    return at(line, col, path.join('.'), what);
  });
  return { ok: false, mistakes: mistakes.sort((a, b) => a.line - b.line || a.column - b.column) };
}

function plainValue(document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS({ maxAliasCount: ALIAS_LIMIT });
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

type Path = readonly (string | number)[];

/** One message for each thing that is wrong; an unknown key is told at the key itself, with what may have been meant. */
function explainIssue(issue: z.core.$ZodIssue): { path: Path; what: string }[] {
  const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
  if (issue.code !== 'unrecognized_keys') return [{ path, what: issue.message }];
  return issue.keys.map((key) => {
    const near = nearest(key, keysAt(path), 1)[0];
    return { path: [...path, key], what: `unknown key ${key}${near ? `; did you mean ${near}?` : ''}` };
  });
}

/** The keys that the schema knows at a path. */
function keysAt(path: Path): string[] {
  let schema: unknown = configSchema;
  for (const part of path) {
    const shape = unwrap(schema);
    schema = shape.shape?.[String(part)] ?? shape.valueType ?? shape.element;
  }
  return Object.keys(unwrap(schema).shape ?? {});
}

interface Shape {
  readonly shape?: Record<string, unknown>;
  readonly valueType?: unknown;
  readonly element?: unknown;
}

function unwrap(schema: unknown): Shape {
  let inner = schema as Shape & { unwrap?(): unknown };
  while (inner?.shape === undefined && typeof inner?.unwrap === 'function' && inner.element === undefined)
    inner = inner.unwrap() as typeof inner;
  return inner ?? {};
}

/** Where the key of a path begins in the text; of what is missing, where it should have been. */
function offsetOf(document: ReturnType<typeof parseDocument>, path: Path): number {
  for (let length = path.length; length > 0; length--) {
    const parent = document.getIn(path.slice(0, length - 1), true);
    const key = path[length - 1];
    const pair = isMap(parent) ? parent.items.find((item) => String(item.key) === String(key)) : undefined;
    const node = pair ? pair.key : document.getIn(path.slice(0, length), true);
    const range = (node as { range?: readonly number[] } | null | undefined)?.range;
    if (range?.[0] !== undefined) return range[0];
  }
  return 0;
}
