import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

const PAGE = resolve(import.meta.dirname, '../../docs/health.md');

const marks = (name: string) => [`<!-- ${name} -->`, `<!-- end of ${name} -->`] as const;

/** What stands between a page's marks of that name. Throws when there are none. */
export function sectionOf(page: string, name: string): string {
  const [begin, end] = marks(name);
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from < 0 || to < from) throw new Error(`the page has no ${begin} … ${end}`);
  return page.slice(from + begin.length, to).trim();
}

/** The page with something else between its marks of that name. */
export function withSection(page: string, name: string, text: string): string {
  const before = sectionOf(page, name);
  const [begin] = marks(name);
  const at = page.indexOf(begin) + begin.length;
  return `${page.slice(0, at)}\n${text}\n${page.slice(at).trimStart().slice(before.length).trimStart()}`;
}

/** A section of docs/health.md, which scripts measure. */
export const readSection = (name: string): string => sectionOf(readFileSync(PAGE, 'utf8'), name);

/** Writes a section of docs/health.md. */
export function writeSection(name: string, text: string): void {
  writeFileSync(PAGE, withSection(readFileSync(PAGE, 'utf8'), name, text));
}
