import type { Block, Section, TranscriptDocument } from './document.ts';
import { codeBlock, escapeMarkdown } from './escape-markdown.ts';
import { oneLine } from './plain-text.ts';

/** Begins and ends the data at the end of a Markdown transcript. */
export const MARKDOWN_DATA = { before: '\n```json\n', after: '\n```\n\n</details>\n' } as const;

/**
 * A transcript as Markdown, for GitHub, GitLab and wikis. Outside text stands in code blocks or is escaped: it cannot become
 * markup. `data` stands at the end, folded.
 */
export function writeMarkdown(document: TranscriptDocument, data: string): string {
  const lines = [
    `# ${line(document.title)}`,
    '',
    ...(document.practice ? ['**Practice: nothing in this run was real.**', ''] : []),
    escapeMarkdown(document.outcome),
    '',
    `Chain head: \`${document.head}\`. Written by execfmt ${line(document.version)}. To check this file: \`execfmt transcript --verify FILE\`.`,
    ...document.sections.flatMap(writeSection),
    '',
    '## Data',
    '',
    'The events of the run with their hash chain, from which all of the above is written.',
    '',
    '<details>',
    '<summary>Events</summary>',
  ];
  return `${lines.join('\n')}\n${MARKDOWN_DATA.before}${data}${MARKDOWN_DATA.after}`;
}

function writeSection({ title, blocks }: Section): string[] {
  return ['', `## ${line(title)}`, ...blocks.flatMap((block) => ['', ...writeBlock(block)])];
}

function writeBlock(block: Block): string[] {
  switch (block.kind) {
    case 'heading':
      return [`${'#'.repeat(block.level)} ${line(block.text)}`];
    case 'text':
      return [escapeMarkdown(block.text)];
    case 'facts':
      return block.facts.map(({ label, value }) => `- **${line(label)}**: ${escapeMarkdown(value)}`);
    case 'table':
      return [
        `**${line(block.caption)}**`,
        '',
        row(block.columns),
        row(
          block.columns.map(() => '---'),
          (cell) => cell,
        ),
        ...block.rows.map((cells) => row(cells)),
      ];
    case 'list':
      return block.items.map((item) => `- ${escapeMarkdown(item)}`);
    case 'checklist':
      return block.items.map((item) => `- [ ] ${escapeMarkdown(item)}`);
    case 'code':
      return codeBlock(block.text);
  }
}

const row = (cells: readonly string[], write: (cell: string) => string = escapeMarkdown) =>
  `| ${cells.map(write).join(' | ')} |`;

const line = (text: string) => escapeMarkdown(oneLine(text));
