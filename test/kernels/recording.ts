import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { stepsOf } from './archive.ts';
import type { NamedCase } from './cases/all-cases.ts';

/** Cases in one line of a recording. */
const CHUNK = 50;

/** A kernel's answers, and what is needed to make the same cases again. */
export interface Recording {
  readonly package: string;
  readonly facts: Readonly<Record<string, string>>;
  readonly seed: number;
  readonly thousands: number;
  /** `family first hash answers`, one for each chunk of cases. */
  readonly lines: readonly string[];
}

const digests = new WeakMap<object, string>();

/** A digest of a content; shared nodes are digested once. */
function digestOf(content: Uint8Array): string {
  const known = digests.get(content);
  if (known !== undefined) return known;
  const digest = createHash('sha1').update(content).digest('base64');
  digests.set(content, digest);
  return digest;
}

function hashOf(cases: readonly NamedCase[]): string {
  const hash = createHash('sha256');
  for (const each of cases) hash.update(stepsOf(each, digestOf).join('\n'));
  return hash.digest('hex').slice(0, 12);
}

function packed(answers: readonly string[]): string {
  const runs: { answer: string; count: number }[] = [];
  for (const answer of answers) {
    const last = runs.at(-1);
    if (last?.answer === answer) last.count += 1;
    else runs.push({ answer, count: 1 });
  }
  return runs.map(({ answer, count }) => (count === 1 ? answer : `${answer}*${count}`)).join(' ');
}

function unpacked(text: string): string[] {
  return text.split(' ').flatMap((run) => {
    const [answer = '', count = '1'] = run.split('*');
    return Array.from({ length: Number(count) }, () => answer);
  });
}

/** Cases of one family at a time, at most 50 of them. */
function* chunksOf(cases: Iterable<NamedCase>): Generator<readonly NamedCase[]> {
  let chunk: NamedCase[] = [];
  for (const each of cases) {
    if (chunk.length > 0 && (chunk.length === CHUNK || chunk[0]?.family !== each.family)) {
      yield chunk;
      chunk = [];
    }
    chunk.push(each);
  }
  if (chunk.length > 0) yield chunk;
}

/** The lines of a recording, from cases and the kernel's answers in the same order. */
export function linesOf(cases: Iterable<NamedCase>, answers: readonly string[]): string[] {
  let from = 0;
  return [...chunksOf(cases)].map((chunk) => {
    const [first] = chunk;
    const line = `${first?.family} ${first?.index} ${hashOf(chunk)} ${packed(answers.slice(from, from + chunk.length))}`;
    from += chunk.length;
    return line;
  });
}

/** The text of a recording's file. */
export function writeRecording(recording: Recording): string {
  const { facts, seed, thousands, lines } = recording;
  const head = [
    `package ${recording.package}`,
    ...Object.entries(facts).map(([name, value]) => `${name} ${value}`),
    `seed ${seed}`,
    `thousands ${thousands}`,
  ];
  return `${head.join('\n')}\n\n${lines.join('\n')}\n`;
}

/** Reads a recording's file. */
export function readRecording(path: string): Recording {
  const [head = '', body = ''] = readFileSync(path, 'utf8').split('\n\n');
  const fields = Object.fromEntries(
    head.split('\n').map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]),
  );
  const { package: name = '', seed, thousands, ...facts } = fields;
  return { package: name, facts, seed: Number(seed), thousands: Number(thousands), lines: body.trim().split('\n') };
}

/** Each case with the kernel's answer. Throws when the cases are not those that were recorded. */
export function* answered(
  recording: Recording,
  cases: Iterable<NamedCase>,
  name: string,
): Generator<readonly [NamedCase, string]> {
  let line = 0;
  for (const chunk of chunksOf(cases)) {
    const [family, first, hash, ...rest] = recording.lines[line]?.split(' ') ?? [];
    line += 1;
    if (family !== chunk[0]?.family || Number(first) !== chunk[0]?.index || hash !== hashOf(chunk)) {
      const what = `the cases ${chunk[0]?.family} from ${chunk[0]?.index} on are not those that were recorded`;
      throw new Error(`The recording is out of date: ${what}. Record them again: npm run kernels:record -- ${name}`);
    }
    const answers = unpacked(rest.join(' '));
    for (const [i, each] of chunk.entries()) yield [each, answers[i] ?? 'nothing'];
  }
  if (line !== recording.lines.length) {
    throw new Error(`The recording is out of date: it has more cases. Record again: npm run kernels:record -- ${name}`);
  }
}
