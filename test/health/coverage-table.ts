import { relative } from 'node:path';

interface Share {
  readonly total: number;
  readonly covered: number;
}

/** One entry of Istanbul's `json-summary`. */
export interface FileCoverage {
  readonly lines: Share;
  readonly branches: Share;
}

/** A row for each folder of `src` and one for all, from a summary by absolute paths. */
export function coverageTable(summary: Readonly<Record<string, FileCoverage>>, root: string): string {
  const files = Object.entries(summary).filter(([path]) => path !== 'total');
  const byFolder = Map.groupBy(files, ([path]) => relative(root, path).split('/').slice(0, 2).join('/'));
  const rows = [...byFolder].sort(([left], [right]) => (left < right ? -1 : 1));
  const lines = rows.map(([folder, each]) =>
    rowOf(
      `\`${folder}\``,
      each.map(([, one]) => one),
    ),
  );
  return [
    '| folder | lines | of | branches | of |',
    '| --- | --- | --- | --- | --- |',
    ...lines,
    rowOf(
      'all of `src`',
      files.map(([, one]) => one),
    ),
  ].join('\n');
}

function rowOf(name: string, files: readonly FileCoverage[]): string {
  const add = (kind: keyof FileCoverage): Share =>
    files.reduce(
      (sum, { [kind]: { total, covered } }) => ({ total: sum.total + total, covered: sum.covered + covered }),
      { total: 0, covered: 0 },
    );
  const cells = [add('lines'), add('branches')].flatMap(({ total, covered }) => [share(covered, total), String(total)]);
  return `| ${[name, ...cells].join(' | ')} |`;
}

const share = (part: number, whole: number) => (whole === 0 ? 'none' : `${((100 * part) / whole).toFixed(1)} %`);
