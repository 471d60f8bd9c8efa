import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { parseConfig } from '../../src/config/parse-config.ts';
import { configSchema } from '../../src/config/schema.ts';
import { runExecfmt } from '../e2e/run-execfmt.ts';
import { type FencedBlock, fencedBlocks } from './fenced-blocks.ts';
import { allPages, prose, ROOT, readPage } from './pages.ts';

interface Example extends FencedBlock {
  readonly at: string;
}

const pages = allPages();
const blocks = pages.flatMap((page): Example[] =>
  fencedBlocks(readPage(page)).map((block) => ({ ...block, at: `${page}:${block.line}` })),
);
const SECTIONS = Object.keys(configSchema.shape);
const yaml = blocks.filter(({ language }) => language === 'yaml');

/** Whole configurations say so in their first line or title; files of others name themselves the same way. */
const namesFile = ({ title, text }: FencedBlock) => title || /^# (\S+\.ya?ml)/.exec(text)?.[1] || null;

function isConfiguration(block: FencedBlock): boolean {
  const file = namesFile(block);
  if (file !== null) return file === 'execfmt.yaml';
  const content: unknown = parseAllDocuments(block.text)[0]?.toJS();
  return typeof content === 'object' && content !== null && Object.keys(content).every((key) => SECTIONS.includes(key));
}

describe('YAML in the pages', () => {
  it.each(yaml.map((block) => [block.at, block] as const))('%s is well formed', (_, { text }) => {
    expect(parseAllDocuments(text).flatMap(({ errors }) => errors.map(({ message }) => message))).toEqual([]);
  });

  const configurations = yaml.filter(isConfiguration);
  it('has many configurations', () => expect(configurations.length).toBeGreaterThan(15));

  it.each(configurations.map((block) => [block.at, block] as const))('%s is a valid configuration', (at, block) => {
    const parsed = parseConfig(block.text, at);
    const mistakes = parsed.ok ? [] : parsed.mistakes;
    // An extract may name what stands elsewhere in the file; a whole file may not.
    const whole = namesFile(block) !== null;
    expect(mistakes.filter(({ what }) => whole || !what.startsWith('there is no '))).toEqual([]);
  });
});

/** `execfmt …` as a command line of a block or in running text, without what a shell makes of the rest. */
function commandsOf(page: string): readonly string[][] {
  const lines = fencedBlocks(readPage(page))
    .filter(({ language }) => ['', 'bash', 'sh'].includes(language))
    .flatMap(({ text }) => text.split('\n'));
  const inline = [...prose(page).matchAll(/`((?:npx )?execfmt [^`\n]+)`/g)].map(([, command = '']) => command);
  return [...lines, ...inline].flatMap((line) => {
    const [, rest] = /^(?:\S+=\S+ )*(?:npx )?execfmt\s+(.*)$/.exec(line.trim()) ?? [];
    return rest === undefined ? [] : [rest.replace(/\s+(?:#|[<>|]|-- |\\$).*$/, '').split(/\s+/)];
  });
}

describe('commands in the pages', () => {
  const commands = pages.flatMap((page) => commandsOf(page).map((words) => [page, words] as const));
  const helps = new Map<string, Promise<string>>();
  const helpOf = (words: readonly string[]) => {
    const key = words.join(' ');
    if (!helps.has(key))
      helps.set(
        key,
        runExecfmt([...words, '--help']).then(({ stdout }) => stdout),
      );
    return helps.get(key) ?? Promise.resolve('');
  };

  it('are many', () => expect(commands.length).toBeGreaterThan(20));

  it.each(commands)('%s: execfmt %j is one', async (_, words) => {
    if (words[0]?.startsWith('-')) return expect(['--version', '--help']).toContain(words[0]);
    if (!/^[a-z]+$/.test(words[0] ?? '')) return; // `execfmt.swap` and the like begin in another way; `execfmt …` is a gap.
    const path = words[0] === 'config' ? words.slice(0, 2) : words.slice(0, 1);
    const help = await helpOf(path);
    expect(help).toContain(`Usage: execfmt ${path.join(' ')}`);
    for (const option of words.filter((word) => /^-[-a-z]/.test(word))) expect(help).toContain(option.split('=')[0]);
  });

  it('of npm are scripts of this package', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const named = pages.flatMap((page) =>
      [...readPage(page).matchAll(/\bnpm run ([a-z][\w:-]*)/g)].map(([, name]) => name),
    );
    expect(named.filter((name) => name !== undefined && !(name in scripts))).toEqual([]);
  });
});

describe('docs/troubleshooting.md', () => {
  it('quotes what the program says', () => {
    const rows = readPage('docs/troubleshooting.md')
      .split('\n')
      .filter((line) => line.startsWith('| ') && !line.startsWith('| it says'));
    const quoted = rows.flatMap((row) =>
      [...(row.split(' | ')[0] ?? '').matchAll(/`([^`]+)`/g)].map(([, text = '']) => text),
    );
    expect(quoted.length).toBeGreaterThan(20);
    const sources = sourceTexts();
    const pieces = quoted
      .flatMap((text) => text.split(/…|<[^>]*>|\(\d+\)|127\S*|ada:|web\.people,/))
      .map((piece) => piece.trim());
    expect(pieces.filter((piece) => piece.length > 3 && !sources.includes(piece))).toEqual([]);
  });
});

function sourceTexts(): string {
  return ['src', 'adapters']
    .flatMap((folder) => filesBelow(folder))
    .map((file) => readFileSync(join(ROOT, file), 'utf8'))
    .join('\n');
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));
}
