import { html } from 'hono/html';
import { type Markup, showText } from './show-text.ts';

/** The frame of every page. `script`: whether the page's script belongs to it. */
export function renderDocument(
  title: string,
  body: Markup,
  script: Markup = html``,
  attributes: Markup = html``,
): Markup {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${showText(title, 200)} · execfmt</title>
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/page.css">${script}
</head>
<body${attributes}>
${body}
</body>
</html>`;
}

/** A page that says one thing, for whoever looks and whatever else is broken. */
export function renderAlone(
  title: string,
  sentence: string,
  way: Markup = html`<p><a class="button plain" href="/">Back to #incidents</a></p>`,
): Markup {
  return html`<main class="alone"><section class="lone"><p class="brand">execfmt</p><h1>${title}</h1><p class="text">${sentence}</p>${way}</section></main>`;
}
