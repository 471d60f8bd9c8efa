/**
 * The page's script: replaces what has changed, opens dialogs, copies. Without it forms still post and links still lead on.
 * HTML comes from the same templates as the page itself.
 */
export const PAGE_SCRIPT = `
'use strict';
const thread = document.getElementById('thread');
const token = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, '0')).join('');

function prepare(root) {
  for (const field of root.querySelectorAll('input.delivery')) if (!field.value) field.value = token();
  for (const button of root.querySelectorAll('.copy')) button.hidden = false;
}

/** Replaces cards that differ and adds new ones; a card that is the same keeps its focus, selection and open dialog. */
function update(html) {
  const next = document.createElement('div');
  next.innerHTML = html;
  prepare(next);
  const atEnd = window.innerHeight + window.scrollY > document.body.scrollHeight - 120;
  const plain = (node) => node.innerHTML.replace(/name="delivery" value="[0-9a-f]*"/g, '').replace(/(<button type="button" class="copy")[^>]*/g, '$1').replace(/ open=""/g, '');
  for (const part of ['.parent', '.replies']) {
    const from = next.querySelector(part), to = thread.querySelector(part);
    if (!to) { thread.innerHTML = ''; thread.append(...next.childNodes); return; }
    for (const card of [...from.children]) {
      const old = document.getElementById(card.id);
      if (!old) to.append(card);
      else if (plain(old) !== plain(card) && !old.querySelector('dialog[open]')) old.replaceWith(card);
    }
  }
  const waiting = next.querySelector('.waiting');
  thread.querySelector('.waiting')?.remove();
  if (waiting) thread.append(waiting);
  if (atEnd) window.scrollTo({ top: document.body.scrollHeight });
}

prepare(document);
if (thread?.dataset.stream) {
  const source = new EventSource(thread.dataset.stream);
  source.addEventListener('thread', (event) => update(event.data));
  source.addEventListener('runs', (event) => { document.getElementById('runs').innerHTML = event.data; });
}

document.addEventListener('click', (event) => {
  const opener = event.target.closest('[data-dialog]');
  const dialog = opener && document.getElementById(opener.dataset.dialog);
  if (dialog) { event.preventDefault(); dialog.showModal(); return; }
  const copy = event.target.closest('.copy');
  if (copy) navigator.clipboard.writeText(copy.parentElement.querySelector('pre').textContent).then(() => { copy.textContent = 'Copied'; });
});

document.addEventListener('submit', async (event) => {
  const form = event.target;
  if (form.method === 'dialog') return;
  const button = form.querySelector('button');
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = 'yes';
  button.setAttribute('aria-disabled', 'true');
});
document.getElementById('text')?.focus({ preventScroll: true });
/** The newest is at the end, as in any chat; what only this person was told stays in sight. */
if (thread?.querySelector('.replies') && !document.querySelector('.told')) window.scrollTo({ top: document.body.scrollHeight });
`;
