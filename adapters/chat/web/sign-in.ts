import { getConnInfo } from '@hono/node-server/conninfo';
import type { Hono } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import type { PageContext } from './page-context.ts';
import { localPath, readFields, readForm } from './read-form.ts';
import { renderDocument } from './render-document.ts';
import { renderSignedOut, renderSignIn, SIGNED_OUT } from './render-sign-in.ts';
import { SESSION_MS, type Sessions } from './sessions.ts';
import { isScript } from './take-form.ts';
import type { PageEnv, PageRequest } from './visitor.ts';
import { WrongTokens } from './wrong-tokens.ts';

const WRONG = 'That is not one of the tokens. Look whether it was copied whole.';

/** Lets nobody pass without a session, but to what is registered before it; adds the ways in and out. */
export function requireSignIn(app: Hono<PageEnv>, context: PageContext, sessions: Sessions): void {
  const { log, clock, publicUrl } = context;
  const secure = publicUrl?.startsWith('https:') ?? false;
  const cookie = createCookie(secure);
  const wrong = new WrongTokens(clock);
  const show = (request: PageRequest, to: string, complaint: string | null, status: 200 | 400 | 401 | 403 | 429) =>
    request.html(renderDocument('Sign in', renderSignIn(to, complaint)), status);

  app.get('/sign-in', (request) => {
    const to = localPath(request.req.query('to') ?? null);
    return sessions.read(cookie.read(request)) ? request.redirect(to, 303) : show(request, to, null, 200);
  });
  app.post('/sign-in', async (request) => {
    const fields = await readFields(request, context.origins);
    if ('status' in fields) return show(request, '/', fields.message, fields.status === 403 ? 403 : 400);
    const to = localPath(fields.form.get('to'));
    const address = addressOf(request, secure);
    const seconds = wrong.secondsToWait(address);
    if (seconds > 0) {
      request.header('Retry-After', String(seconds));
      return show(request, to, `Too many wrong tokens. Wait ${seconds} s, then try again.`, 429);
    }
    const name = sessions.recognise((fields.form.get('token') ?? '').trim());
    if (name === null) {
      wrong.note(address);
      log.warn({ address }, 'a sign-in to the page was refused: the token is nobody’s');
      return show(request, to, WRONG, 401);
    }
    cookie.set(request, sessions.open(name).cookie);
    log.info({ person: `web:${name}`, address }, 'signed in to the page');
    return request.redirect(to, 303);
  });
  app.use(async (request, next) => {
    const session = sessions.read(cookie.read(request));
    if (!session) return turnAway(request);
    request.set('visitor', { person: session.person, csrf: session.csrf, session });
    return next();
  });
  app.post('/sign-out', async (request) => {
    const { session, csrf } = request.get('visitor');
    const reading = await readForm(request, csrf, context.origins);
    if ('status' in reading) return show(request, '/', reading.message, 403);
    if (session) sessions.end(session);
    log.info({ person: session?.person.id }, 'signed out of the page');
    cookie.drop(request);
    return request.redirect('/sign-in', 303);
  });
}

/** The session's cookie: for this host alone, not for scripts, never sent from elsewhere. */
function createCookie(secure: boolean) {
  const name = secure ? '__Host-execfmt' : 'execfmt';
  const options = { path: '/', httpOnly: true, sameSite: 'Strict', secure } as const;
  return {
    read: (request: PageRequest) => getCookie(request, name),
    set: (request: PageRequest, value: string) =>
      setCookie(request, name, value, { ...options, maxAge: SESSION_MS / 1000 }),
    drop: (request: PageRequest) => setCookie(request, name, '', { ...options, maxAge: 0 }),
  };
}

/** A reader is led to the sign-in and back; whoever sent something is told that nothing was done. */
function turnAway(request: PageRequest): Response | Promise<Response> {
  if (isScript(request)) return request.json({ message: SIGNED_OUT, goTo: '/sign-in' }, 401);
  if (request.req.header('accept')?.startsWith('text/event-stream')) return request.text(SIGNED_OUT, 401);
  if (!['GET', 'HEAD'].includes(request.req.method))
    return request.html(renderDocument('Signed out', renderSignedOut()), 401);
  const { pathname, search } = new URL(request.req.url);
  return request.redirect(`/sign-in?${new URLSearchParams({ to: localPath(pathname + search) })}`, 303);
}

/**
 * Where a try to sign in comes from. Behind a TLS proxy that is what the proxy put last into X-Forwarded-For: by the proxy's
 * own address, one person's wrong tokens would keep everybody out. Who can forge it gains tries, and a token is not guessed.
 */
function addressOf(request: PageRequest, proxied: boolean): string {
  const forwarded = proxied ? request.req.header('x-forwarded-for')?.split(',').at(-1)?.trim().slice(0, 64) : undefined;
  return forwarded || (getConnInfo(request).remote.address ?? 'unknown');
}
