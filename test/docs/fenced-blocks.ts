/** A fenced block of a Markdown page. */
export interface FencedBlock {
  /** `bash`, `yaml`, `ts`; empty when there is none. */
  readonly language: string;
  /** What stands behind the language. */
  readonly title: string;
  readonly text: string;
  /** Of its first line, from 1. */
  readonly line: number;
}

/** All fenced blocks of a page, in order. */
export function fencedBlocks(page: string): readonly FencedBlock[] {
  const blocks: FencedBlock[] = [];
  let open: { readonly info: string; readonly line: number; readonly text: string[] } | null = null;
  for (const [index, line] of page.split('\n').entries()) {
    const fence = /^```(.*)$/.exec(line);
    if (fence && open) {
      const [, language = '', title = ''] = /^(\S*)\s*(.*)$/.exec(open.info) ?? [];
      blocks.push({ language, title, text: open.text.join('\n'), line: open.line });
      open = null;
    } else if (fence) open = { info: fence[1] ?? '', line: index + 2, text: [] };
    else open?.text.push(line);
  }
  if (open) throw new Error(`the block of line ${open.line} has no end`);
  return blocks;
}
