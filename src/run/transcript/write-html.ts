import type { Block, Section, TranscriptDocument } from './document.ts';
import { escapeHtml } from './escape-html.ts';
import { HTML_STYLE } from './html-style.ts';
import { oneLine } from './plain-text.ts';

/** Begins and ends the data at the end of an HTML transcript. */
export const HTML_DATA = {
  before: '\n<script type="application/json" id="execfmt-transcript">\n',
  after: '\n</script>\n',
} as const;

/** How an HTML transcript begins. */
export const HTML_START = '<!doctype html>\n<html lang="en">';

/** A transcript as one HTML file that needs nothing else: nothing in it is executed, nothing is fetched. */
export function writeHtml(document: TranscriptDocument, data: string): string {
  const title = escapeHtml(oneLine(document.title));
  const contents = document.sections.map(
    (section) => `<li><a href="#${section.id}">${escapeHtml(section.title)}</a></li>`,
  );
  return `${HTML_START}
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<title>${title}</title>
<style>${HTML_STYLE}</style>
</head>
<body>
<header>
<h1>${title}</h1>
${document.practice ? '<p class="practice">Practice: nothing in this run was real.</p>\n' : ''}<p class="outcome">${escapeHtml(document.outcome)}</p>
<p>Chain head: <code>${document.head}</code>. Written by execfmt ${escapeHtml(document.version)}. To check this file: <code>execfmt transcript --verify FILE</code></p>
</header>
<nav aria-label="Sections">
<ul>
${contents.join('\n')}
</ul>
</nav>
<main>
${document.sections.map(writeSection).join('\n')}
</main>${HTML_DATA.before}${data}${HTML_DATA.after}</body>
</html>
`;
}

function writeSection({ id, title, blocks }: Section): string {
  const heading = `${id}-title`;
  return `<section id="${id}" aria-labelledby="${heading}">
<h2 id="${heading}">${escapeHtml(title)}</h2>
${blocks.map(writeBlock).join('\n')}
</section>`;
}

function writeBlock(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `<h${block.level}>${escapeHtml(oneLine(block.text))}</h${block.level}>`;
    case 'text':
      return `<p>${escapeHtml(block.text)}</p>`;
    case 'facts':
      return `<dl>\n${block.facts.map(({ label, value }) => `<dt>${escapeHtml(label)}</dt><dd>${escapeHtml(value)}</dd>`).join('\n')}\n</dl>`;
    case 'table':
      return writeTable(block);
    case 'list':
      return `<ul>\n${items(block.items)}\n</ul>`;
    case 'checklist':
      return `<ul class="check">\n${items(block.items)}\n</ul>`;
    case 'code':
      return `<pre>\n${escapeHtml(block.text)}</pre>`;
  }
}

const items = (texts: readonly string[]) => texts.map((item) => `<li>${escapeHtml(item)}</li>`).join('\n');

/** A wide table scrolls inside its own frame, which the keyboard can reach. */
function writeTable({ caption, columns, rows }: Extract<Block, { kind: 'table' }>): string {
  const named = escapeHtml(oneLine(caption));
  const head = columns.map((column) => `<th scope="col">${escapeHtml(column)}</th>`).join('');
  const body = rows.map((cells) => `<tr>${cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('')}</tr>`);
  return `<div class="scroll" role="group" tabindex="0" aria-label="${named}">
<table>
<caption>${named}</caption>
<thead><tr>${head}</tr></thead>
<tbody>
${body.join('\n')}
</tbody>
</table>
</div>`;
}
