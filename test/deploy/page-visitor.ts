import { waitFor } from '../lab/waiting.ts';

/** Somebody who has signed in to the page, by plain HTTP as a browser without scripts sends it. */
export interface PageVisitor {
  /** Types a command, which has to begin a run; gives that run's path. */
  ask(command: string): Promise<string>;
  /** Waits until the page at a path has the words, and gives it. */
  read(path: string, words: string): Promise<string>;
}

const LOOK_MS = 90_000;
const RUN = /^\/runs\/r-[a-z0-9]+$/;

/** `base` is `http://address:port`. Rejects when the page does not take the token. */
export async function signIn(base: string, token: string): Promise<PageVisitor> {
  let cookie = '';
  const send = (path: string, fields?: URLSearchParams) =>
    fetch(base + path, {
      redirect: 'manual',
      headers: { origin: base, cookie },
      signal: AbortSignal.timeout(30_000),
      ...(fields && { method: 'POST', body: fields }),
    });
  const entered = await send('/sign-in', new URLSearchParams({ to: '/', token }));
  cookie = entered.headers.get('set-cookie')?.split(';')[0] ?? '';
  if (entered.status !== 303 || cookie === '') throw new Error(`The page answered ${entered.status} to the sign-in.`);
  return {
    async ask(command) {
      const form = formOf(await (await send('/')).text(), '/command');
      form.set('text', command);
      const answer = await send('/command', form);
      const to = answer.headers.get('location') ?? '';
      if (!RUN.test(to)) throw new Error(`${command}: the page answered ${answer.status}, and leads to "${to}".`);
      return to;
    },
    async read(path, words) {
      let seen = '';
      const look = async () => {
        seen = await (await send(path)).text();
        return seen.includes(words) ? seen : null;
      };
      return waitFor(`${path} to say ${words}`, LOOK_MS, look, () => seen.replaceAll(/<[^>]*>/g, ' ').slice(-4_000));
    },
  };
}

/** The hidden fields of the form at `action`. */
function formOf(page: string, action: string): URLSearchParams {
  const [, rest = ''] = page.split(`action="${action}"`);
  const [inside = ''] = rest.split('</form>');
  const fields = [...inside.matchAll(/type="hidden" name="([^"]*)" value="([^"]*)"/g)];
  return new URLSearchParams(fields.map(([, name, value]): [string, string] => [name ?? '', value ?? '']));
}
