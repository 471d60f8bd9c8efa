import { randomUUID } from 'node:crypto';

/** What a button sends, without the tokens that the page adds to each form. */
export type Fields = Readonly<Record<string, string>>;

const unescaped = (text: string) =>
  text
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');

function fieldsIn(form: string): Record<string, string> {
  const inputs = [...form.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)];
  return Object.fromEntries(inputs.map(([, name = '', value = '']) => [name, unescaped(value)]));
}

/** The local page as a browser without scripts uses it. */
export function pressForms(url: string) {
  const text = async (path: string) => (await fetch(`${url}${path}`)).text();
  const post = async (path: string, fields: Fields) => {
    const headers = { origin: url, 'content-type': 'application/x-www-form-urlencoded' };
    return fetch(`${url}${path}`, {
      method: 'POST',
      headers,
      body: new URLSearchParams(fields).toString(),
      redirect: 'manual',
    });
  };
  const tokens = async () => {
    const { csrf = '' } = fieldsIn(await text('/'));
    return { csrf, delivery: randomUUID() };
  };
  return {
    /** The page of a run, as HTML. */
    thread: (run: string) => text(`/runs/${run}`),
    /** Types a command; gives the run that it opened. */
    async command(typed: string): Promise<string> {
      const answer = await post('/command', { ...(await tokens()), text: typed });
      const run = /\/runs\/([^#?]+)/.exec(answer.headers.get('location') ?? '')?.[1];
      if (run === undefined) throw new Error(`${typed} opened no run: ${answer.status}`);
      return run;
    },
    /** What the first button with this action on a run's page sends; null when there is none. */
    async button(run: string, action: string): Promise<Fields | null> {
      for (const [form] of (await text(`/runs/${run}`)).matchAll(/<form method="post"[^>]*>.*?<\/form>/gs)) {
        const { csrf: _csrf, delivery: _delivery, ...fields } = fieldsIn(form);
        if (fields.action === action) return fields;
      }
      return null;
    },
    /** Presses it; the same `delivery` again is the same press again. Gives the HTTP status. */
    async press(run: string, fields: Fields, delivery: string = randomUUID()): Promise<number> {
      return (await post(`/runs/${run}/press`, { ...(await tokens()), ...fields, delivery })).status;
    },
  };
}
