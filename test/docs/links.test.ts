import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { allPages, anchorsOf, prose, ROOT } from './pages.ts';

const pages = allPages();
const withoutCode = (text: string) => text.replace(/`[^`\n]*`/g, (code) => 'x'.repeat(code.length));

/** Why a link leads nowhere; null when it does not. */
function mistake(page: string, link: string): string | null {
  if (/^[a-z][a-z+.-]*:/i.test(link)) return /^(?:https|mailto):/.test(link) ? null : 'is of no known kind';
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : relative(ROOT, resolve(ROOT, dirname(page), path));
  if (target.startsWith('..')) return 'leads out of the repository';
  if (!existsSync(join(ROOT, target))) return `there is no ${target}`;
  if (anchor === undefined) return null;
  return target.endsWith('.md') && anchorsOf(target).has(anchor) ? null : `${target} has no heading for #${anchor}`;
}

describe('links between pages', () => {
  it('are in many pages', () => expect(pages.length).toBeGreaterThan(30));

  it.each(pages)('of %s lead somewhere', (page) => {
    const links = [...withoutCode(prose(page)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
    expect(links.map((link) => [link, mistake(page, link)]).filter(([, why]) => why !== null)).toEqual([]);
  });

  it.each(pages)('%s names only files that are there', (page) => {
    const named = [...prose(page).matchAll(/`((?:src|adapters|test|deploy)\/[\w./-]+|docs\/[\w./-]+\.md)`/g)].map(
      ([, path = '']) => path,
    );
    expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it('lead to every page of docs/', () => {
    const linked = new Set(
      pages.flatMap((page) =>
        [...prose(page).matchAll(/\]\(([^)#\s]+)/g)].map(([, link = '']) =>
          relative(ROOT, resolve(ROOT, dirname(page), link)),
        ),
      ),
    );
    const alone = pages.filter(
      (page) => page.startsWith('docs/') && !page.startsWith('docs/adr/') && !linked.has(page),
    );
    expect(alone.filter((page) => page !== 'docs/README.md')).toEqual([]);
  });
});
