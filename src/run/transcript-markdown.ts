import { visible } from '../playbook/visible.ts';
import type { Row, Transcript } from './transcript.ts';

/** A transcript as Markdown. Outside text stands in code spans and blocks, or is escaped: it cannot become markup. */
export function transcriptMarkdown(transcript: Transcript): string {
  const lines = [
    `# ${escapeMarkdown(transcript.title)}`,
    '',
    ...(transcript.practice ? ['**Practice: nothing in this run was real.**', ''] : []),
    ...table(transcript.summary),
    '',
    '## Timeline (UTC)',
    '',
    '| time | after | what |',
    '| --- | --- | --- |',
    ...transcript.timeline.map(
      ({ at, sinceMs, what }) => `| ${at} | ${(sinceMs / 1000).toFixed(1)} s | ${escapeMarkdown(what)} |`,
    ),
    '',
    '## The playbook',
  ];
  for (const step of transcript.steps) {
    lines.push('', `### ${escapeMarkdown(step.title)}: ${step.status}`);
    for (const finding of step.findings) {
      lines.push(
        '',
        `**${escapeMarkdown(finding.check)}**`,
        '',
        ...codeBlock(`$ ${finding.command}\n${finding.observed}`),
        '',
      );
      lines.push(`- means: ${escapeMarkdown(finding.meaning)}`, `- decision: ${escapeMarkdown(finding.decision)}`);
    }
  }
  for (const action of transcript.actions)
    lines.push('', `## ${escapeMarkdown(action.title)}`, '', ...table(action.rows));
  return `${lines.join('\n')}\n`;
}

function table(rows: readonly Row[]): string[] {
  return ['| | |', '| --- | --- |', ...rows.map(({ label, value }) => `| ${label} | ${escapeMarkdown(value)} |`)];
}

/** A fenced block whose fence is longer than any run of backticks inside. */
function codeBlock(text: string): string[] {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}text`, visible(text), fence];
}

/** Escapes what Markdown or HTML could take for markup, and keeps a text on one line of a table. */
function escapeMarkdown(text: string): string {
  return visible(text)
    .replace(/[\\`*_{}[\]<>#|~!]/g, (character) =>
      character === '<' ? '&lt;' : character === '>' ? '&gt;' : `\\${character}`,
    )
    .replace(/(https?|ftp|mailto):/gi, '$1&#58;')
    .replace(/\s*\n\s*/g, '<br>');
}
