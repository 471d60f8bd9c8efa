import { html } from 'hono/html';
import type { PageContext } from './page-context.ts';
import { formTokens } from './render-button.ts';
import { type Markup, showText } from './show-text.ts';
import { practiceBadge } from './show-tone.ts';
import type { Visitor } from './visitor.ts';

const OFFERED = 8;

/** The first page, before any run: what to type, and what then happens. */
export function renderWelcome({ practice }: PageContext, { csrf }: Visitor, targets: readonly string[]): Markup {
  const others = targets.filter((name) => name !== practice?.service).slice(0, OFFERED);
  return html`<section class="lone welcome"><h1>A container dies with <code>exec format error</code>?</h1>
<ol>
<li>In the field below, type <code>/execfmt</code> and the name of the service or container.</li>
<li>Watch: every step is a reply here, with the command it stands for; the last one is the verdict.</li>
<li>If there is a way back that provably runs, you are asked. Nothing is changed before that.</li>
</ol>
${
  practice
    ? html`<div class="incident">${practiceBadge(true)}<p>A practice incident is ready: type <code>/execfmt ${showText(practice.service, 200)}</code></p><p class="note">It is a container of our own on ${showText(practice.host, 200)}: nothing of yours is touched.</p>${starter(practice.service, csrf, 'primary')}</div>`
    : ''
}
${others.length > 0 ? html`<p class="note">Configured here:</p><div class="buttons">${others.map((name) => starter(name, csrf, 'plain'))}</div>` : ''}
</section>`;
}

function starter(name: string, csrf: string, style: string): Markup {
  return html`<form method="post" action="/command" data-send>${formTokens(csrf)}<input type="hidden" name="text" value="/execfmt ${name}"><button class="button ${style}"><code>/execfmt ${showText(name, 200)}</code></button></form>`;
}

/** A page that only says something, for an address or a form that leads nowhere. */
export function renderSentence(title: string, sentence: string): Markup {
  return html`<section class="lone"><h1>${title}</h1><p class="text">${showText(sentence)}</p><p><a class="button plain" href="/">Back to #incidents</a></p></section>`;
}
