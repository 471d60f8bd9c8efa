import { html } from 'hono/html';
import { renderAlone } from './render-document.ts';
import { type Markup, showText } from './show-text.ts';

/** The page to sign in. `to`: the path to go on to; `complaint`: why the last try came to nothing. */
export function renderSignIn(to: string, complaint: string | null): Markup {
  const told =
    complaint === null ? '' : html`<p class="complaint" id="complaint" role="alert">${showText(complaint, 300)}</p>`;
  const marks = complaint === null ? '' : html` aria-invalid="true" aria-describedby="complaint"`;
  return html`<main class="alone"><section class="lone"><p class="brand">execfmt</p><h1>Sign in</h1>${told}<form method="post" action="/sign-in" class="sign-in"><input type="hidden" name="to" value="${to}"><label for="token">Your token</label><input id="token" name="token" type="password" maxlength="500" required autocomplete="current-password" autofocus${marks}><button class="button primary">Sign in</button></form><p class="note">Tokens are given out by whoever operates execfmt here. What you approve is recorded under your name.</p></section></main>`;
}

/** What stands in the way of a form when its sender is signed out. */
export function renderSignedOut(): Markup {
  const way = html`<p><a class="button primary" href="/sign-in">Sign in</a></p>`;
  return renderAlone('You are signed out', SIGNED_OUT, way);
}

export const SIGNED_OUT = 'Your sign-in has ended. Nothing was done; sign in and send it again.';
