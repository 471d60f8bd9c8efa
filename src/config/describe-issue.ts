import type * as z from 'zod';
import { configJsonSchema } from './json-schema.ts';
import { isRecord } from './loose.ts';
import type { KeyPath, Remark } from './mistake.ts';
import { nearest } from './suggest.ts';

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'keys with values',
  record: 'names with their entries',
};

/** Says what the schema found, in words for the person who wrote the file. Values are never repeated: one may be a secret. */
export function describeIssue(issue: z.core.$ZodIssue, data: unknown): Remark[] {
  const path = issue.path.filter((step) => typeof step !== 'symbol');
  if (issue.code === 'unrecognized_keys') {
    const allowed = keysAllowedAt(path);
    return issue.keys.map((key) => ({ path: [...path, key], at: 'key', what: unknownKey(key, allowed) }));
  }
  return [{ path, at: 'value', what: wordsFor(issue, valueAt(data, path)) }];
}

function wordsFor(issue: z.core.$ZodIssue, value: unknown): string {
  if (issue.code === 'invalid_type') {
    const wanted = TYPE_NAMES[issue.expected] ?? issue.expected;
    if (value === undefined) return `is missing; it must be ${wanted}`;
    return `must be ${wanted}, not ${typeName(value)}${hint(issue.expected, value)}`;
  }
  if (issue.code === 'invalid_value') return `must be ${issue.values.map((each) => String(each)).join(' or ')}`;
  if (issue.code === 'too_small') {
    return issue.origin === 'array' ? 'must have at least one entry' : `must be at least ${issue.minimum}`;
  }
  if (issue.code === 'too_big') return `must be at most ${issue.maximum}`;
  return issue.message;
}

function hint(expected: string, value: unknown): string {
  if (expected === 'string' && (typeof value === 'number' || typeof value === 'boolean')) {
    return '; a name goes in quotes, a duration needs its unit (30m)';
  }
  if (expected === 'array' && typeof value === 'string') return '; put it in brackets: [ … ]';
  return '';
}

function typeName(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'keys with values';
  return typeof value === 'string' ? 'a text' : typeof value === 'boolean' ? 'true or false' : 'a number';
}

function unknownKey(key: string, allowed: readonly string[]): string {
  const secrets = [`${key}Env`, `${key}File`].filter((name) => allowed.includes(name));
  if (secrets.length > 0) {
    return `a secret never stands in this file; name a variable or file instead: ${secrets.join(' or ')}`;
  }
  const [guess] = nearest(key, allowed, 1);
  if (guess) return `there is no such key; did you mean \`${guess}\`?`;
  return allowed.length === 0 ? 'there is no such key' : `there is no such key; known here: ${allowed.join(', ')}`;
}

/** The keys that the schema knows at a path, read from its JSON form. */
function keysAllowedAt(path: KeyPath): string[] {
  let node: unknown = configJsonSchema();
  for (const step of path) {
    if (!isRecord(node)) return [];
    const properties = isRecord(node.properties) ? node.properties : {};
    node = typeof step === 'number' ? node.items : (properties[step] ?? node.additionalProperties);
  }
  return isRecord(node) && isRecord(node.properties) ? Object.keys(node.properties) : [];
}

function valueAt(data: unknown, path: KeyPath): unknown {
  let value = data;
  for (const step of path) {
    if (typeof step === 'number') value = Array.isArray(value) ? value[step] : undefined;
    else value = isRecord(value) ? value[step] : undefined;
  }
  return value;
}
