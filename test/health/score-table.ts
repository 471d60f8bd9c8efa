/** What became of the mutants of a folder. */
export interface MutantCount {
  readonly folder: string;
  readonly tests: readonly string[];
  /** A test failed, or it did not end. */
  readonly killed: number;
  readonly survived: number;
  /** No test of those runs that line. */
  readonly unseen: number;
  /** `2026-11-21` */
  readonly date: string;
}

const HEAD = [
  '| folder | score | killed | survived | no test runs it | tests | measured |',
  '| --- | --- | --- | --- | --- | --- | --- |',
];

/** A table with one folder's row put in, or in place of its earlier one. */
export function scoreTable(table: string, one: MutantCount): string {
  const row = rowOf(one);
  const rows = table.split('\n').filter((line) => line.startsWith('| `'));
  const others = rows.filter((line) => !line.startsWith(`| \`${one.folder}\` |`));
  return [...HEAD, ...[...others, row].sort()].join('\n');
}

function rowOf({ folder, tests, killed, survived, unseen, date }: MutantCount): string {
  const all = killed + survived + unseen;
  const score = all === 0 ? 'none' : `${((100 * killed) / all).toFixed(1)} %`;
  const shown = tests.map((test) => `\`${test}\``).join(' ');
  return `| \`${folder}\` | ${score} | ${killed} | ${survived} | ${unseen} | ${shown} | ${date} |`;
}
