/**
 * What runs in the browser, served as `/assets/page.js`. It only puts in place what the server rendered: it replaces the
 * pieces that changed, keeps focus, unfolded details, an open dialog and the scroll position, and sends forms without
 * leaving the page. Without it the same forms post and redirect.
 */
export const PAGE_SCRIPT = `'use strict';
const byId = (id) => document.getElementById(id);
const scroller = byId('scroller');
const thread = byId('thread');
const latest = byId('latest');
const calm = matchMedia('(prefers-reduced-motion: reduce)');

function build(markup) {
  const holder = document.createElement('template');
  holder.innerHTML = markup.trim();
  ready(holder.content);
  return holder.content.firstElementChild;
}

function ready(root) {
  for (const button of root.querySelectorAll('[data-copy]')) button.hidden = false;
}

// Scrolling: who reads the end goes along with it, who reads further up stays there and is told.
let following = false;
let lastTop = 0;
function toEnd(smooth) {
  following = true;
  latest.hidden = true;
  scroller.scrollTo({ top: scroller.scrollHeight, behavior: smooth && !calm.matches ? 'smooth' : 'auto' });
}
function noticeScroll() {
  const top = scroller.scrollTop;
  const atEnd = scroller.scrollHeight - top - scroller.clientHeight < 48;
  // On its smooth way down it is not at the end yet, but nobody has turned away from it.
  if (atEnd || top < lastTop) following = atEnd;
  if (atEnd) latest.hidden = true;
  lastTop = top;
}

// Replaces an element and carries over what the person was doing in it.
function swap(old, fresh) {
  for (const fold of old.querySelectorAll('details[open][id]')) {
    const same = fresh.querySelector('#' + CSS.escape(fold.id));
    if (same) same.open = true;
  }
  const focused = old.contains(document.activeElement) ? document.activeElement.id : '';
  const dialog = old.querySelector('dialog[open]');
  const typed = [...old.querySelectorAll('input[type=text][id]')].map(({ id, value }) => [id, value]);
  old.replaceWith(fresh);
  for (const [id, value] of typed) if (byId(id)) byId(id).value = value;
  const again = dialog && byId(dialog.id);
  if (again) {
    // A dialog gives the focus back to where it was when it was opened.
    const opener = document.querySelector('[data-opens="' + CSS.escape(dialog.id) + '"]');
    if (opener) opener.focus({ preventScroll: true });
    again.showModal();
  }
  if (focused) (byId(focused) || scroller).focus({ preventScroll: true });
}

function updateThread({ title, order, changed }) {
  const told = [];
  let grown = false;
  // The event of a scroll may still be on its way.
  noticeScroll();
  document.title = title + ' · execfmt';
  const kept = new Set(order);
  for (const child of [...thread.children]) if (!kept.has(child.id)) child.remove();
  const fresh = new Map(changed.map((piece) => [piece.id, piece]));
  let before = null;
  for (const id of order) {
    const piece = fresh.get(id);
    let element = byId(id);
    if (piece && (!element || element.dataset.version !== piece.version)) {
      const built = build(piece.html);
      if (element) swap(element, built);
      else {
        built.classList.add('new');
        grown = grown || piece.news !== '';
      }
      element = built;
      if (piece.news) told.push(piece.news);
    }
    if (!element) continue;
    const place = before ? before.nextElementSibling : thread.firstElementChild;
    if (place !== element) thread.insertBefore(element, place);
    before = element;
  }
  if (told.length > 0) byId('news').textContent = told.join(' ');
  if (following) toEnd(true);
  else if (grown) latest.hidden = false;
}

function updateList(id, { html }) {
  const list = byId(id);
  if (!list) return;
  const focused = list.contains(document.activeElement) ? document.activeElement.id : '';
  const holder = document.createElement('template');
  holder.innerHTML = html;
  list.replaceChildren(holder.content);
  if (focused && byId(focused)) byId(focused).focus({ preventScroll: true });
}

// The stream. A page that nobody looks at gives its connection back; it is brought up to date when it is seen again.
let stream = null;
let retry = 0;
function connect() {
  const address = document.body.dataset.stream;
  if (!address || stream || document.hidden) return;
  stream = new EventSource(address);
  stream.addEventListener('hello', (event) => {
    byId('connection').textContent = '';
    const { csrf } = JSON.parse(event.data);
    for (const field of document.querySelectorAll('input[name=csrf]')) field.value = csrf;
  });
  stream.addEventListener('thread', (event) => updateThread(JSON.parse(event.data)));
  for (const id of ['runs', 'list']) stream.addEventListener(id, (event) => updateList(id, JSON.parse(event.data)));
  stream.addEventListener('signed-out', signIn);
  stream.addEventListener('error', () => {
    byId('connection').textContent = 'Connection lost; trying again…';
    if (stream && stream.readyState === EventSource.CLOSED) {
      disconnect();
      turnedAway();
    }
  });
}
function signIn() {
  disconnect();
  location.assign('/sign-in?to=' + encodeURIComponent(location.pathname + location.search));
}
// A stream that was refused does not say why; who is signed out gets no page either.
async function turnedAway() {
  const page = await fetch(location.pathname, { method: 'HEAD', redirect: 'manual' }).catch(() => null);
  if (page && page.type === 'opaqueredirect') signIn();
  else retry = setTimeout(connect, 5000);
}
function disconnect() {
  clearTimeout(retry);
  if (stream) stream.close();
  stream = null;
}
document.addEventListener('visibilitychange', () => (document.hidden ? disconnect() : connect()));
addEventListener('pagehide', disconnect);
addEventListener('pageshow', connect);

function note(element) {
  byId('notes').replaceChildren(element);
}

function complain(sentence) {
  const box = document.createElement('p');
  box.className = 'private complaint';
  box.textContent = sentence;
  note(box);
}

async function send(form, submitter) {
  const fields = new URLSearchParams(new FormData(form, submitter));
  const text = form.elements.namedItem('text') || form.elements.namedItem('said');
  submitter.disabled = true;
  try {
    // Not form.action: that is the field of this name.
    const response = await fetch(form.getAttribute('action'), { method: 'POST', body: fields, headers: { Accept: 'application/json' } });
    const answer = await response.json();
    if (!response.ok) return complain(answer.message);
    form.elements.namedItem('delivery').value = answer.delivery;
    byId('notes').replaceChildren();
    if (text && text.type === 'text') text.value = '';
    if (answer.note) note(build(answer.note));
    if (!answer.goTo) return;
    if (answer.goTo === document.body.dataset.stream.replace(/\\/stream$/, '')) toEnd(true);
    else location.assign(answer.goTo);
  } catch {
    complain('execfmt does not answer. Is it still running? What you sent may not have arrived; sending it again is safe.');
  } finally {
    submitter.disabled = false;
  }
}

document.addEventListener('submit', (event) => {
  const form = event.target;
  // Its own stream is told of the sign-out too, and would lead elsewhere.
  if (form.getAttribute('action') === '/sign-out') disconnect();
  if (event.submitter && event.submitter.dataset.opens) {
    event.preventDefault();
    byId(event.submitter.dataset.opens).showModal();
  } else if (form.matches('[data-send]')) {
    event.preventDefault();
    const dialog = form.closest('dialog');
    if (dialog) dialog.close();
    send(form, event.submitter || form.querySelector('button'));
  }
});

document.addEventListener('click', async (event) => {
  const button = event.target.closest('[data-closes], [data-copy], [data-dismiss], #latest');
  if (!button) return;
  if (button.matches('[data-closes]')) button.closest('dialog').close();
  if (button.id === 'latest') toEnd(true);
  if (button.matches('[data-dismiss]')) {
    event.preventDefault();
    byId(button.dataset.dismiss).remove();
    const address = new URL(location.href);
    address.searchParams.delete('note');
    history.replaceState(null, '', address);
    byId('command').focus();
  }
  if (button.matches('[data-copy]')) {
    const code = button.closest('.code').querySelector('code');
    try {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = 'Copied';
    } catch {
      getSelection().selectAllChildren(code);
      button.textContent = 'Selected';
    }
    setTimeout(() => { button.textContent = 'Copy'; }, 2000);
  }
});

ready(document);
if (scroller) {
  scroller.addEventListener('scroll', noticeScroll, { passive: true });
  new ResizeObserver(() => { if (following) toEnd(false); }).observe(scroller);
  if (document.body.dataset.following === 'yes' && !location.hash) toEnd(false);
}
connect();
`;
