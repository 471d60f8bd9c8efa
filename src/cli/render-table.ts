/** Cells are cut after so many characters, but for those of the last column. */
const WIDEST = 40;

/** A table for the terminal, one text a line: columns as wide as their widest cell, the last one as it is. */
export function renderTable(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.min(WIDEST, Math.max(...all.map((row) => (row[column] ?? '').length))));
  return all.map((row) =>
    row
      .map((cell, column) => (column === head.length - 1 ? cell : sized(cell, widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

function sized(cell: string, width: number): string {
  return (cell.length > width ? `${cell.slice(0, width - 1)}…` : cell).padEnd(width);
}
