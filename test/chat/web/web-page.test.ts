import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type OpenPage, openPage } from './open-page.ts';
import { RUN, V2, V3 } from './pdf-renderer-story.ts';
import { ScriptedApplication } from './scripted-application.ts';
import { formOf, postForm, sendRequest } from './send-request.ts';

let application: ScriptedApplication;
let page: OpenPage;

beforeEach(async () => {
  application = new ScriptedApplication();
  page = await openPage(application);
});
afterEach(() => page.close());

const get = (path: string, headers: Record<string, string> = {}) => sendRequest(page.port, path, { headers });

async function commandForm(text = '/execfmt pdf-renderer'): Promise<URLSearchParams> {
  const form = formOf((await get('/')).text, '/command');
  form.set('text', text);
  return form;
}

async function diagnose(): Promise<void> {
  await postForm(page.port, '/command', await commandForm());
  while (application.advance());
}

describe('pages', () => {
  it('welcomes with what to type and the practice incident', async () => {
    const { status, text } = await get('/');
    expect(status).toBe(200);
    expect(text).toContain('A practice incident is ready: type <code>/execfmt pdf-renderer</code>');
    expect(text).toContain('>PRACTICE<');
    expect(text).toContain('placeholder="/execfmt pdf-renderer"');
  });

  it('shows the latest run at the start, with its parent, its replies and its place in the list', async () => {
    await diagnose();
    const { text } = await get('/');
    expect(text).toContain('pdf-renderer: wrong-platform-image</h1>');
    expect(text).toContain('<time datetime="2026-11-21T09:14:03.400Z" title="21 Nov 2026">09:14:03 UTC</time>');
    expect(text).toContain('aria-current="page"');
    expect(text.match(/≠ differs/g)).toHaveLength(1);
    expect(text.indexOf('1. What the host can run')).toBeLessThan(text.indexOf('It will not run'));
  });

  it.each(['/runs/r-none', '/runs/r-none/stream', '/runs/r-none/confirm', '/nothing'])(
    'has nothing at %s',
    async (path) => expect((await get(path)).status).toBe(404),
  );

  it('links to where others can read the run', async () => {
    await diagnose();
    expect((await get('/')).text).toContain(`class="permalink" href="/runs/${RUN}"`);
    const published = await openPage(application, { publicUrl: 'https://execfmt.corp.io/', practice: null });
    const { text } = await sendRequest(published.port, '/');
    await published.close();
    expect(text).toContain(`class="permalink" href="https://execfmt.corp.io/runs/${RUN}"`);
  });

  it('speaks of practice only where there is one', async () => {
    const serious = await openPage(application, { practice: null });
    const { text } = await sendRequest(serious.port, '/');
    await serious.close();
    expect(text).not.toMatch(/practice/i);
    expect(text).toContain('<code>/execfmt thumbnailer</code>');
  });

  it('is healthy', async () => expect(await get('/healthz')).toMatchObject({ status: 200, text: 'ok' }));

  it('says in a sentence that something broke, and what in the log alone', async () => {
    application.runs = () => Promise.reject(new Error('disk secret'));
    const { status, text, headers } = await get('/');
    expect(status).toBe(500);
    expect(text).toContain('in its log');
    expect(text).not.toContain('disk secret');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(page.logged).toEqual(['a page could not be shown']);
  });
});

describe('who may ask', () => {
  it.each(['/', '/healthz', '/stream', '/assets/page.js'])('refuses %s under another name', async (path) => {
    const { status, headers } = await get(path, { host: `evil.example:${page.port}` });
    expect(status).toBe(403);
    expect(headers['x-content-type-options']).toBe('nosniff');
  });

  it('answers under the names of this machine', async () => {
    for (const name of ['localhost', '127.0.0.1', '[::1]'])
      expect((await get('/', { host: `${name}:${page.port}` })).status).toBe(200);
  });

  it.each(['/', '/assets/page.css', '/assets/page.js', '/assets/icon.svg', '/healthz', '/nothing'])(
    'sends the security headers with %s',
    async (path) => {
      const { headers } = await get(path);
      expect(headers['content-security-policy']).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
      expect(headers['content-security-policy']).not.toContain('unsafe');
      expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'same-origin' });
    },
  );

  it('has no inline script, style or handler', async () => {
    await diagnose();
    const { text } = await get('/');
    expect(text).not.toMatch(/<script(?! src="\/assets\/page\.js" defer><\/script>)|<style|\sstyle=|\son[a-z]+=/i);
  });
});

describe('forms', () => {
  it('opens the run of a command once, however often the form is sent', async () => {
    const form = await commandForm();
    const answers = await Promise.all([1, 2, 3].map(() => postForm(page.port, '/command', form)));
    for (const answer of answers) expect(answer).toMatchObject({ status: 303, headers: { location: `/runs/${RUN}` } });
    expect(application.handled).toHaveLength(1);
    expect(application.handled[0]).toMatchObject({
      by: { id: 'web:ada', name: 'Ada' },
      conversation: { chat: 'web', id: 'page' },
      delivery: `web:${form.get('delivery')}`,
      what: { kind: 'command', text: '/execfmt pdf-renderer' },
    });
    await postForm(page.port, '/command', await commandForm());
    expect(application.handled).toHaveLength(2);
  });

  it('takes a form from the page alone', async () => {
    const form = await commandForm();
    const forged = new URLSearchParams({ ...Object.fromEntries(form), csrf: 'x'.repeat(43) });
    const own = `http://127.0.0.1:${page.port}`;
    const refused = [
      await postForm(page.port, '/command', form, { origin: 'http://evil.example' }),
      await postForm(page.port, '/command', form, { origin: 'null' }),
      await postForm(page.port, '/command', form, { origin: `https://127.0.0.1:${page.port}` }),
      await postForm(page.port, '/command', form, { origin: own, 'sec-fetch-site': 'cross-site' }),
      await postForm(page.port, '/command', form, { origin: own, 'sec-fetch-site': 'same-site' }),
      await postForm(page.port, '/command', forged),
    ];
    const silent = await sendRequest(page.port, '/command', {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'content-length': String(form.toString().length),
      },
      body: form.toString(),
    });
    expect([...refused, silent].map(({ status }) => status)).toEqual([403, 403, 403, 403, 403, 403, 403]);
    expect(application.handled).toEqual([]);
    expect((await postForm(page.port, '/command', form, { origin: own, 'sec-fetch-site': 'same-origin' })).status).toBe(
      303,
    );
  });

  it('takes no more than 16 KiB, of a length that is said, as a form', async () => {
    const form = await commandForm('x'.repeat(16 * 1024));
    expect((await postForm(page.port, '/command', form)).status).toBe(413);
    const small = await commandForm();
    expect((await postForm(page.port, '/command', small, { 'content-type': 'application/json' })).status).toBe(415);
    const headers = { origin: `http://127.0.0.1:${page.port}`, 'content-type': 'application/x-www-form-urlencoded' };
    const chunked = { method: 'POST', headers: { ...headers, 'transfer-encoding': 'chunked' }, body: small.toString() };
    expect((await sendRequest(page.port, '/command', chunked)).status).toBe(411);
    expect((await postForm(page.port, '/command', await commandForm('x'.repeat(501)))).status).toBe(400);
    expect(application.handled).toEqual([]);
  });

  it('carries a press as it stands in the thread', async () => {
    await diagnose();
    const form = formOf((await get('/')).text, `/runs/${RUN}/press`);
    const answer = await postForm(page.port, `/runs/${RUN}/press`, form);
    expect(answer).toMatchObject({ status: 303, headers: { location: `/runs/${RUN}#end` } });
    expect(application.handled.at(-1)?.what).toEqual({
      kind: 'press',
      press: { action: 'propose', run: RUN, subject: '0', hash: null },
    });
    form.set('action', 'destroy');
    form.set('delivery', crypto.randomUUID());
    expect((await postForm(page.port, `/runs/${RUN}/press`, form)).status).toBe(400);
    expect(application.handled).toHaveLength(2);
  });

  it('asks on a page of its own where there is no script, for as long as the press is offered', async () => {
    await diagnose();
    await postForm(page.port, `/runs/${RUN}/press`, formOf((await get('/')).text, `/runs/${RUN}/press`));
    const query = `action=approve&subject=p1&hash=${'f2a4c6e8'.repeat(8)}`;
    const { status, text } = await get(`/runs/${RUN}/confirm?${query}`);
    expect(status).toBe(200);
    expect(text).toContain('Approve this rollback? <span class="practice">PRACTICE</span></h1>');
    expect(text).toContain(`from <code class="digest">${V3}</code>\nto <code class="digest">${V2}</code>`);
    expect((await get(`/runs/${RUN}/confirm?${query}0`)).status).toBe(404);
    await postForm(page.port, `/runs/${RUN}/press`, formOf(text, `/runs/${RUN}/press`));
    expect(application.handled.at(-1)?.what).toMatchObject({
      press: { action: 'approve', hash: 'f2a4c6e8'.repeat(8) },
    });
    expect((await get(`/runs/${RUN}/confirm?${query}`)).status).toBe(404);
  });

  it('shows a private answer after the redirect, and gives it to the script at once', async () => {
    const answer = await postForm(page.port, '/command', await commandForm('/execfmt <i>nobody'));
    expect(answer.status).toBe(303);
    const { text } = await get(String(answer.headers.location));
    expect(text).toContain('Only you see this');
    expect(text).toContain('Nothing is called /execfmt &lt;i&gt;nobody');
    const accept = { accept: 'application/json' };
    const given = JSON.parse((await postForm(page.port, '/command', await commandForm('no'), accept)).text);
    expect(given).toMatchObject({ goTo: null, note: expect.stringContaining('Only you see this') });
    const opened = JSON.parse((await postForm(page.port, '/command', await commandForm(), accept)).text);
    expect(opened).toMatchObject({ goTo: `/runs/${RUN}`, note: null });
  });
});
