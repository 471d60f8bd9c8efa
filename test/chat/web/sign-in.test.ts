import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type OpenPage, openPage } from './open-page.ts';
import { openedView, proposed, RUN } from './pdf-renderer-story.ts';
import { openStream } from './read-stream.ts';
import { ScriptedApplication } from './scripted-application.ts';
import { formOf, postForm, type Received, sendRequest } from './send-request.ts';
import { settableClock } from './settable-clock.ts';

const ADA = { name: 'Ada Lovelace', token: 'ada-token-0123456789' };
const GRACE = { name: 'grace', token: 'grace-token-9876543210' };

let application: ScriptedApplication;
let page: OpenPage;
let clock: ReturnType<typeof settableClock>;

beforeEach(async () => {
  application = new ScriptedApplication();
  clock = settableClock();
  application.show(proposed(openedView()), '2026-11-21T09:14:01.000Z');
  page = await openPage(application, { people: [ADA, GRACE], clock, practice: null });
});
afterEach(() => page.close());

const get = (path: string, headers: Record<string, string> = {}) => sendRequest(page.port, path, { headers });
const signIn = (token: string, headers: Record<string, string> = {}, to = '/') =>
  postForm(page.port, '/sign-in', new URLSearchParams({ to, token }), headers);
const cookieOf = ({ headers }: Received) => String(headers['set-cookie']?.[0]).split(';')[0] ?? '';

async function signedIn({ token }: typeof ADA): Promise<{ cookie: string }> {
  const answer = await signIn(token);
  expect(answer.status).toBe(303);
  return { cookie: cookieOf(answer) };
}

describe('without a session', () => {
  it.each([
    '/',
    '/runs',
    '/runs?q=a',
    `/runs/${RUN}`,
    `/runs/${RUN}/transcript.md`,
    `/runs/${RUN}/confirm`,
    '/nothing',
  ])('%s leads to the sign-in and tells nothing', async (path) => {
    const { status, headers, text } = await get(path);
    expect(status).toBe(303);
    expect(headers.location).toMatch(/^\/sign-in\?to=/);
    expect(text).not.toContain('pdf-renderer');
  });

  it.each(['/sign-in', '/healthz', '/assets/page.css', '/assets/page.js', '/assets/icon.svg'])(
    '%s is everybody’s',
    async (path) => expect((await get(path)).status).toBe(200),
  );

  it('leads back to where somebody wanted to go, and nowhere else', async () => {
    const asked = await get(`/runs/${RUN}`);
    expect(asked.headers.location).toBe(`/sign-in?to=%2Fruns%2F${RUN}`);
    const to = formOf((await get(String(asked.headers.location))).text, '/sign-in').get('to') ?? '';
    expect((await signIn(ADA.token, {}, to)).headers.location).toBe(`/runs/${RUN}`);
    for (const elsewhere of [
      '//evil.example',
      '/\\evil.example',
      'https://evil.example',
      '/runs/../../x',
      'javascript:1',
      '/sign-out',
    ])
      expect((await signIn(ADA.token, {}, elsewhere)).headers.location, elsewhere).toBe('/');
  });

  it('gives no stream, and takes no form', async () => {
    const stream = await get(`/runs/${RUN}/stream`, { accept: 'text/event-stream' });
    expect(stream.status).toBe(401);
    const { cookie } = await signedIn(ADA);
    const form = formOf((await get('/', { cookie })).text, `/runs/${RUN}/confirm`);
    const forms = [
      await postForm(page.port, '/command', new URLSearchParams({ text: '/execfmt x' })),
      await postForm(page.port, `/runs/${RUN}/press`, form),
      await postForm(page.port, '/sign-out', new URLSearchParams()),
    ];
    expect(forms.map(({ status }) => status)).toEqual([401, 401, 401]);
    expect(forms[0]?.text).toContain('You are signed out');
    const told = await postForm(page.port, '/command', new URLSearchParams(), { accept: 'application/json' });
    expect(JSON.parse(told.text)).toMatchObject({ message: expect.stringContaining('Nothing was done') });
    expect(application.handled).toEqual([]);
  });
});

describe('the cookie', () => {
  it('is for this host alone, not for scripts, never sent from elsewhere, for 12 hours', async () => {
    const set = String((await signIn(ADA.token)).headers['set-cookie']?.[0]);
    expect(set).toMatch(/^execfmt=/);
    for (const part of ['Path=/', 'HttpOnly', 'SameSite=Strict', 'Max-Age=43200']) expect(set).toContain(part);
    expect(set).not.toMatch(/Secure|Domain/);
  });

  it('is Secure, with the prefix that browsers enforce, where the page is reached by https', async () => {
    const proxied = await openPage(application, { people: [ADA], clock, publicUrl: 'https://execfmt.corp.io' });
    const form = new URLSearchParams({ token: ADA.token });
    const headers = { host: 'execfmt.corp.io', origin: 'https://execfmt.corp.io' };
    const answer = await postForm(proxied.port, '/sign-in', form, headers);
    const set = String(answer.headers['set-cookie']?.[0]);
    await proxied.close();
    expect(set).toMatch(/^__Host-execfmt=.*; Secure/);
  });

  it('says who presses', async () => {
    for (const person of [ADA, GRACE]) {
      const { cookie } = await signedIn(person);
      const { text } = await get('/', { cookie });
      expect(text).toContain(`<code>web:${person.name}</code>`);
      const form = formOf(text, '/command');
      form.set('text', '/execfmt list');
      await postForm(page.port, '/command', form, { cookie });
      expect(application.handled.at(-1)?.by).toEqual({ id: `web:${person.name}`, name: person.name });
    }
  });

  it('counts for 12 hours, also after a restart', async () => {
    const headers = await signedIn(ADA);
    clock.pass(12 * 3_600_000 - 1000);
    const restarted = await openPage(application, { people: [ADA, GRACE], clock });
    expect((await sendRequest(restarted.port, '/', { headers })).status).toBe(200);
    clock.pass(1000);
    expect((await get('/', headers)).status).toBe(303);
    expect((await sendRequest(restarted.port, '/', { headers })).status).toBe(303);
    await restarted.close();
  });

  it('ends when the token is changed or the person taken out', async () => {
    const headers = await signedIn(ADA);
    for (const people of [[{ ...ADA, token: 'another-token-0123456789' }], [GRACE]]) {
      const changed = await openPage(application, { people, clock });
      expect((await sendRequest(changed.port, '/', { headers })).status).toBe(303);
      await changed.close();
    }
  });

  it('cannot be forged, prolonged, or given another name', async () => {
    const { cookie } = await signedIn(ADA);
    const [id = '', end = '', name = '', mac = ''] = cookie.replace('execfmt=', '').split('.');
    const grace = Buffer.from(GRACE.name).toString('base64url');
    const forged = [
      [id, String(Number(end) + 1), name, mac],
      [id, end, grace, mac],
      [`${id}x`, end, name, mac],
      [id, end, name, `${mac.slice(0, -1)}${mac.endsWith('A') ? 'B' : 'A'}`],
      [id, end, name, ''],
      [id, end, name, mac, ''],
      [id, end, name],
      [''],
    ];
    for (const pieces of forged)
      expect((await get('/', { cookie: `execfmt=${pieces.join('.')}` })).status, pieces.join('.')).toBe(303);
    expect((await get('/', { cookie })).status).toBe(200);
  });
});

describe('signing out', () => {
  const signOut = async (headers: { cookie: string }) =>
    postForm(page.port, '/sign-out', formOf((await get('/', headers)).text, '/sign-out'), headers);

  it('ends the session, its streams and no others', async () => {
    const ada = await signedIn(ADA);
    const again = await signedIn(ADA);
    const stream = await openStream(`${page.base}/runs/${RUN}/stream`, ada);
    const other = await openStream(`${page.base}/stream`, again);
    await stream.nextOf('thread');
    await other.nextOf('runs');
    const answer = await signOut(ada);
    expect(answer).toMatchObject({ status: 303, headers: { location: '/sign-in' } });
    expect(String(answer.headers['set-cookie'])).toContain('Max-Age=0');
    await stream.nextOf('signed-out');
    await expect(stream.next()).rejects.toThrow('the stream has ended');
    expect((await get('/', ada)).status).toBe(303);
    expect((await get('/', again)).status).toBe(200);
    application.show({ ...openedView(), run: 'r-other', target: 'thumbnailer' }, '2026-11-21T10:00:00.000Z');
    expect(await other.nextOf('runs')).toContain('thumbnailer');
    other.close();
  });

  it('ends streams when the session’s time is over', async () => {
    const stream = await openStream(`${page.base}/stream`, await signedIn(ADA));
    await stream.nextOf('runs');
    clock.pass(12 * 3_600_000);
    application.show({ ...openedView(), run: 'r-other', target: 'secret-service' }, '2026-11-21T10:00:00.000Z');
    expect((await stream.next()).event).toBe('signed-out');
  });

  it('takes a form of its own', async () => {
    const ada = await signedIn(ADA);
    const form = formOf((await get('/', ada)).text, '/sign-out');
    form.set('csrf', 'x');
    expect((await postForm(page.port, '/sign-out', form, ada)).status).toBe(403);
    expect((await get('/', ada)).status).toBe(200);
  });
});

describe('forms and answers', () => {
  it('take the token of their own session alone', async () => {
    const [ada, grace] = [await signedIn(ADA), await signedIn(GRACE)];
    const form = formOf((await get('/', ada)).text, '/command');
    form.set('text', '/execfmt pdf-renderer');
    const again = await signedIn(ADA);
    for (const headers of [grace, again])
      expect((await postForm(page.port, '/command', form, headers)).status).toBe(403);
    expect((await postForm(page.port, '/command', form, ada)).status).toBe(303);
    expect(application.handled).toHaveLength(1);
  });

  it('are one person’s: nobody else reads a private answer', async () => {
    const [ada, grace] = [await signedIn(ADA), await signedIn(GRACE)];
    const form = formOf((await get('/', ada)).text, '/command');
    form.set('text', 'nobody');
    const note = String((await postForm(page.port, '/command', form, ada)).headers.location);
    expect((await get(note, grace)).text).not.toContain('Only you see this');
    expect((await get(note, ada)).text).toContain('Only you see this');
  });
});

describe('wrong tokens', () => {
  it('are refused in the same words, whosever they nearly are, and logged without them', async () => {
    const tries = ['', ' ', 'x', ADA.token.slice(0, -1), `${GRACE.token}x`, ADA.name, 'x'.repeat(15_000)];
    const told = new Set<string>();
    for (const token of tries) {
      const { status, text, headers } = await signIn(token);
      expect(status).toBe(401);
      expect(headers['set-cookie']).toBeUndefined();
      told.add(/role="alert">([^<]*)</.exec(text)?.[1] ?? '');
      if (token.length > 1) expect(text).not.toContain(token);
    }
    expect(told.size).toBe(1);
    expect(page.logged).toHaveLength(tries.length);
    expect(page.fields.join()).not.toMatch(/ada-token|grace-token|xxxx/);
  });

  it('have to wait after ten in a minute, with the right one too, and then no longer', async () => {
    for (let count = 0; count < 10; count += 1) {
      expect((await signIn('wrong')).status).toBe(401);
      clock.pass(1000);
    }
    const waiting = await signIn(ADA.token);
    expect(waiting).toMatchObject({ status: 429, headers: { 'retry-after': '50' } });
    expect(waiting.text).toContain('Wait 50 s');
    clock.pass(49_000);
    expect((await signIn(ADA.token)).status).toBe(429);
    clock.pass(1000);
    expect((await signIn(ADA.token)).status).toBe(303);
    expect((await signIn('wrong')).status).toBe(401);
    expect((await signIn('wrong')).status).toBe(429);
  });

  it('are no business of those who are signed in', async () => {
    const ada = await signedIn(ADA);
    for (let count = 0; count < 11; count += 1) await signIn('wrong');
    expect((await get('/', ada)).status).toBe(200);
  });

  it('are counted by where they come from, as the proxy says it last', async () => {
    const publicUrl = 'https://execfmt.corp.io';
    const proxied = await openPage(application, { people: [ADA], clock, publicUrl });
    const from = (address: string, token: string) => {
      const headers = { host: 'execfmt.corp.io', origin: publicUrl, 'x-forwarded-for': `1.2.3.4, ${address}` };
      return postForm(proxied.port, '/sign-in', new URLSearchParams({ token }), headers);
    };
    for (let count = 0; count < 10; count += 1) await from(`2001:db8:0:7::${count}`, 'wrong');
    expect((await from('2001:db8::7:1:2:3:4', ADA.token)).status).toBe(429);
    expect((await from('2001:db8:0:8::1', ADA.token)).status).toBe(303);
    expect((await from('203.0.113.9', ADA.token)).status).toBe(303);
    await proxied.close();
  });

  it('are taken from the page’s own form alone', async () => {
    expect((await signIn(ADA.token, { origin: 'https://evil.example' })).status).toBe(403);
    expect((await signIn(ADA.token, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await signIn('x'.repeat(20_000))).status).toBe(400);
  });
});

describe('the page’s name', () => {
  it('is the public one, and those of this machine', async () => {
    const proxied = await openPage(application, { people: [ADA], clock, publicUrl: 'https://execfmt.corp.io' });
    const asked = async (host: string, path = '/sign-in') =>
      (await sendRequest(proxied.port, path, { headers: { host } })).status;
    expect(await asked('execfmt.corp.io')).toBe(200);
    expect(await asked('EXECFMT.corp.io')).toBe(200);
    expect(await asked(`localhost:${proxied.port}`)).toBe(200);
    for (const host of ['evil.example', 'execfmt.corp.io.evil.example', 'localhost:1', '10.0.0.7:3000'])
      expect(await asked(host), host).toBe(403);
    expect(await asked('10.0.0.7:3000', '/healthz')).toBe(200);
    await proxied.close();
  });

  it('lets forms come from the public address through the proxy', async () => {
    const publicUrl = 'https://execfmt.corp.io';
    const proxied = await openPage(application, { people: [ADA], clock, publicUrl });
    const host = { host: 'execfmt.corp.io' };
    const answer = await postForm(proxied.port, '/sign-in', new URLSearchParams({ token: ADA.token }), {
      ...host,
      origin: publicUrl,
    });
    const cookie = cookieOf(answer);
    const { text } = await sendRequest(proxied.port, '/', { headers: { ...host, cookie } });
    const send = async (origin: string) => {
      const form = formOf(text, '/command');
      form.set('text', '/execfmt pdf-renderer');
      return (await postForm(proxied.port, '/command', form, { ...host, cookie, origin })).status;
    };
    expect(await send('https://evil.example')).toBe(403);
    expect(await send('http://execfmt.corp.io.evil.example')).toBe(403);
    expect(await send(publicUrl)).toBe(303);
    await proxied.close();
  });
});

it('says every fifteen seconds that a stream is still there, and ends it when the time is over', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const stream = await openStream(`${page.base}/stream`, await signedIn(GRACE));
    await stream.nextOf('runs');
    clock.pass(12 * 3_600_000);
    await vi.waitUntil(() => vi.getTimerCount() > 0);
    vi.advanceTimersByTime(15_000);
    await stream.nextOf('signed-out');
  } finally {
    vi.useRealTimers();
  }
});
