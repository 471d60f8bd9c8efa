/** The tags that an HTML transcript is made of, with all that they may carry. */
const TAG =
  /<(?:!doctype html|html lang="en"|meta (?:charset|name|http-equiv)="[\w-]+"(?: content="[^"<>]*")?|(?:section|h2) id="[a-z-]+"(?: aria-labelledby="[a-z-]+")?|a href="#[a-z]+"|nav aria-label="Sections"|p class="(?:outcome|practice)"|ul class="check"|div class="scroll" role="group" tabindex="0" aria-label="[^"<>]*"|th scope="col"|script type="application\/json" id="execfmt-transcript"|head|title|style|body|header|h[1-4]|p|code|ul|li|main|dl|dt|dd|pre|table|caption|thead|tbody|tr|td|\/(?:html|head|title|style|body|header|h[1-4]|p|a|code|ul|li|nav|main|section|dl|dt|dd|pre|div|table|caption|thead|tbody|tr|th|td|script))>/g;

/** What an HTML transcript has beside its own tags that begins or ends like one; empty when outside text is all inert. */
export function strayTags(html: string): string {
  return html
    .replace(TAG, '')
    .replace(/[^<>]+/g, ' ')
    .trim();
}

/** The lines of a Markdown file that stand in no fenced block, by CommonMark’s rule of fences. Throws when one stays open. */
export function linesOutsideFences(markdown: string): readonly string[] {
  const outside: string[] = [];
  let open: { readonly mark: string; readonly length: number } | null = null;
  for (const line of markdown.split('\n')) {
    const fence = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(line);
    const [, run = '', info = ''] = fence ?? [];
    if (open === null && fence && !(run.startsWith('`') && info.includes('`'))) {
      open = { mark: run.charAt(0), length: run.length };
    } else if (open === null) {
      outside.push(line);
    } else if (fence && run.startsWith(open.mark) && run.length >= open.length && info.trim() === '') {
      open = null;
    }
  }
  if (open !== null) throw new Error('a fenced block is not closed');
  return outside;
}

const OWN_LINE =
  /^(?:#{1,4} \S|- |\| .* \|$|\*\*.+\*\*$|<details>$|<\/details>$|<summary>Events<\/summary>$|Chain head: |[^\s#>|+*=-]|\\[+=-]|$)/;

/** What in these lines is live markup, or begins a block, that the writer did not mean; empty when outside text is all inert. */
export function liveMarkdown(lines: readonly string[]): readonly string[] {
  return lines.filter((line) => {
    if (!OWN_LINE.test(line)) return true;
    if (/^<\/?(details|summary)>/.test(line) || line.startsWith('Chain head: ')) return false;
    const bare = line
      .replace(/^(#{1,4} |- \[ \] |- )/, '')
      .replace(/^\*\*([^*]+|\\\*)+\*\*(?=: |$)/, '')
      .replaceAll('<br>', '')
      .replace(/\\[\\`*_{}[\]<>#|~!$^.)+=-]/g, '');
    const cells = line.startsWith('|') ? bare.replaceAll(/(^| )\|( |$)/g, ' ') : bare;
    return /[`*_[\]<>|~]|\bhttps?:|(?<!&#64;)@(?!sha256:)/.test(cells);
  });
}
