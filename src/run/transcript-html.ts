import { visible } from '../playbook/visible.ts';
import type { Row, Transcript } from './transcript.ts';

const STYLE = `:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%}th,td{border:1px solid #8888;padding:.3rem .6rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}
pre{background:#8882;padding:.7rem;overflow-wrap:anywhere;white-space:pre-wrap}.practice{border:2px solid;padding:.5rem;font-weight:600}`;

/** A transcript as one HTML file that needs nothing else: no script, no outside resource. */
export function transcriptHtml(transcript: Transcript): string {
  const title = escapeHtml(transcript.title);
  const timeline = transcript.timeline.map(
    ({ at, sinceMs, what }) =>
      `<tr><td><time>${escapeHtml(at)}</time></td><td>${(sinceMs / 1000).toFixed(1)} s</td><td>${escapeHtml(what)}</td></tr>`,
  );
  const steps = transcript.steps.map(
    (step) =>
      `<h3>${escapeHtml(step.title)}: ${escapeHtml(step.status)}</h3>${step.findings
        .map(
          ({ check, command, observed, meaning, decision }) =>
            `<h4>${escapeHtml(check)}</h4><pre>$ ${escapeHtml(command)}\n${escapeHtml(observed)}</pre><p>${escapeHtml(meaning)}<br>${escapeHtml(decision)}</p>`,
        )
        .join('\n')}`,
  );
  const actions = transcript.actions.map((action) => `<h2>${escapeHtml(action.title)}</h2>${table(action.rows)}`);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><style>${STYLE}</style></head>
<body><h1>${title}</h1>${transcript.practice ? '<p class="practice">Practice: nothing in this run was real.</p>' : ''}
${table(transcript.summary)}
<h2>Timeline (UTC)</h2><table><tr><th>time</th><th>after</th><th>what</th></tr>${timeline.join('\n')}</table>
<h2>The playbook</h2>${steps.join('\n')}
${actions.join('\n')}</body></html>
`;
}

function table(rows: readonly Row[]): string {
  return `<table>${rows.map(({ label, value }) => `<tr><th>${escapeHtml(label)}</th><td>${escapeHtml(value)}</td></tr>`).join('\n')}</table>`;
}

/** The one place where text becomes HTML here. */
function escapeHtml(text: string): string {
  return visible(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
