import { checkEntries } from './check-entries.ts';
import { checkReferences } from './check-references.ts';
import type { Config } from './config.ts';
import { describeIssue } from './describe-issue.ts';
import { locate } from './locate.ts';
import { isRecord } from './loose.ts';
import type { Mistake, Remark } from './mistake.ts';
import { formatKeyPath } from './mistake.ts';
import type { YamlReading } from './read-yaml.ts';
import { readYaml } from './read-yaml.ts';
import { resolveConfig } from './resolve-config.ts';
import { configSchema } from './schema.ts';

/** More mistakes than this are not told at once. */
const MOST_MISTAKES = 200;

/** What became of a configuration file. */
export type ParsedConfig =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly mistakes: readonly Mistake[] };

/**
 * Reads a configuration from its text. `file` is the name to show. Either everything is right, or every mistake is told with
 * its place; paths stay as they are written (see resolvePaths). An empty text is a configuration with nothing in it.
 */
export function parseConfig(text: string, file: string): ParsedConfig {
  const reading = readYaml(text, file);
  if (reading.data === undefined) return { ok: false, mistakes: inOrder(reading.mistakes) };
  const data = withEmptySections(reading.data);
  const parsed = configSchema.safeParse(data);
  const remarks = parsed.success ? [] : parsed.error.issues.flatMap((issue) => describeIssue(issue, data));
  if (isRecord(data)) remarks.push(...checkEntries(data), ...checkReferences(data));
  const mistakes = inOrder([...reading.mistakes, ...remarks.map((remark) => placed(remark, reading, file))]);
  if (parsed.success && mistakes.length === 0) return { ok: true, config: resolveConfig(parsed.data) };
  return { ok: false, mistakes };
}

function placed(remark: Remark, reading: YamlReading, file: string): Mistake {
  const offset = locate(reading.document, remark.path, remark.at);
  return { file, ...reading.position(offset), key: formatKeyPath(remark.path), what: remark.what };
}

function inOrder(mistakes: readonly Mistake[]): Mistake[] {
  return [...mistakes].sort((a, b) => a.line - b.line || a.column - b.column).slice(0, MOST_MISTAKES);
}

/** A section or entry with nothing below its key (`teams:`, or everything commented out) is an empty one. */
function withEmptySections(data: unknown): unknown {
  if (!isRecord(data)) return data;
  const sections = Object.entries(data).map(([key, section]) => {
    if (!SECTIONS.has(key)) return [key, section];
    if (section === null) return [key, {}];
    if (!isRecord(section) || key === 'verification' || key === 'watch') return [key, section];
    return [key, Object.fromEntries(Object.entries(section).map(([name, entry]) => [name, entry ?? {}]))];
  });
  return Object.fromEntries(sections);
}

const SECTIONS = new Set([
  'hosts',
  'clusters',
  'registries',
  'ci',
  'metrics',
  'services',
  'approvals',
  'chat',
  'verification',
  'watch',
]);
