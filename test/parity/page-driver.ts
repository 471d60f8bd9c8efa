import { createWebPage } from '../../adapters/chat/web/index.ts';
import { systemClock } from '../../adapters/system/clock.ts';
import type { Application } from '../../src/ports/application.ts';
import { quiet } from '../app/quiet-log.ts';
import { openStream } from '../chat/web/read-stream.ts';
import { formOf, postForm, sendRequest } from '../chat/web/send-request.ts';
import { waitFor } from '../lab/waiting.ts';
import { createHold } from '../servers/hold-deliveries.ts';
import { serveListener } from '../servers/serve-listener.ts';
import { type Driver, type Message, PEOPLE, type Pressing, type Shown, type Who } from './driver.ts';
import { aliveTags, buttonsIn, findForm, textOf } from './read-html.ts';

/** What one run's stream has told: the pieces in order, as the page's script would show them. */
interface Followed {
  readonly pieces: Map<string, string>;
  order: readonly string[];
  close(): void;
}

/** Follows a run by its server-sent events, as the page's script does; a stream that breaks is opened again. */
function follow(base: () => string, run: string): Followed {
  let closed = false;
  let end = () => {};
  const followed: Followed = {
    pieces: new Map(),
    order: [],
    close() {
      closed = true;
      end();
    },
  };
  const read = async () => {
    const stream = await openStream(`${base()}/runs/${run}/stream`);
    end = stream.close;
    if (closed) return stream.close();
    for (;;) {
      const { order, changed } = JSON.parse(await stream.nextOf('thread')) as {
        readonly order: readonly string[];
        readonly changed: readonly { readonly id: string; readonly html: string }[];
      };
      for (const { id, html } of changed) followed.pieces.set(id, html);
      followed.order = order;
    }
  };
  const keep = async () => {
    while (!closed) {
      await read().catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  void keep();
  return followed;
}

function messagesOf({ order, pieces }: Followed): Message[] {
  const title = textOf(pieces.get('bar') ?? '');
  return order.flatMap((id) => {
    const html = pieces.get(id);
    if (html === undefined || !id.startsWith('reply:')) return [];
    const text = id === 'reply:parent' ? `${title}\n${textOf(html)}` : textOf(html);
    return [{ id, text, buttons: buttonsIn(html) }];
  });
}

/** The pages of some people on one application, each at an address of its own, as each would have it on their machine. */
async function servePages(application: Application) {
  const serve = async (name: Who) => {
    const page = createWebPage({
      ...{ application, log: quiet, listen: '127.0.0.1:0', publicUrl: null, version: '0.1.0' },
      clock: systemClock,
      people: [],
      practice: null,
      person: { id: `web:${name}`, name },
    });
    return serveListener((req, res) => page.handle(req, res));
  };
  const served = new Map(await Promise.all(PEOPLE.map(async (who) => [who, await serve(who)] as const)));
  return {
    port: (who: Who) => served.get(who)?.port ?? 0,
    close: async () => void (await Promise.all([...served.values()].map(({ close }) => close()))),
  };
}

/** The page: its forms by HTTP, its thread by server-sent events. */
export async function startPageDriver(): Promise<Driver> {
  let pages: Awaited<ReturnType<typeof servePages>> | null = null;
  const portOf = (who: Who) => pages?.port(who) ?? 0;
  const notes = new Map<Who, string[]>(PEOPLE.map((who) => [who, []]));
  const runs: string[] = [];
  const streams = new Map<string, Followed>();
  const line = createHold();
  let last: (() => Promise<void>) | null = null;

  const streamOf = (run: string) => {
    const known = streams.get(run) ?? follow(() => `http://127.0.0.1:${portOf('anna')}`, run);
    streams.set(run, known);
    return known;
  };
  const learn = (run: string) => {
    if (!runs.includes(run)) runs.push(run);
    streamOf(run);
  };
  /** Sends a form as the page's script does, and shows what comes back. */
  const send = (who: Who, path: string, fields: URLSearchParams) => {
    const post = () =>
      line.through(async () => {
        const { status, text } = await postForm(portOf(who), path, fields, { accept: 'application/json' });
        if (status >= 500) throw new Error(`The page answered ${status}.`);
        const { goTo, note, message } = JSON.parse(text) as Record<'goTo' | 'note' | 'message', string | undefined>;
        const run = /^\/runs\/([\w-]+)/.exec(goTo ?? '')?.[1];
        if (run !== undefined) {
          if (runs.includes(run)) notes.get(who)?.push(`See run ${run}.`);
          learn(run);
        }
        const told = note ?? message;
        if (told) notes.get(who)?.push(told);
      });
    last = post;
    return post();
  };
  const tokensOf = async (who: Who) => formOf((await sendRequest(portOf(who), '/')).text, '/command');
  const press =
    (path: string, fields: URLSearchParams) =>
    async (who: Who, { said, unknown }: Pressing = {}) => {
      const sent = new URLSearchParams(fields);
      const own = await tokensOf(who);
      for (const name of ['csrf', 'delivery']) sent.set(name, own.get(name) ?? '');
      if (said !== undefined) sent.set('said', said);
      if (unknown) sent.set('action', 'reboot');
      await send(who, path, sent);
    };
  const shownTo = (who: Who) => [
    ...[...streams.values()].flatMap(({ order, pieces }) => order.map((id) => pieces.get(id) ?? '')),
    ...(notes.get(who) ?? []),
  ];

  return {
    name: 'page',
    findsPosted: true,
    trouble: null,
    identity: (who) => `web:${who}`,
    secrets: { slack: null, teams: null },
    async connect({ application }) {
      pages = await servePages(application);
      return pages.close;
    },
    async say(text, by) {
      const fields = await tokensOf(by);
      fields.set('text', `/execfmt ${text}`);
      await send(by, '/command', fields);
    },
    async button(label, by): Promise<Shown> {
      const form = await waitFor(`a button ${label} for ${by}`, 5000, async () => {
        return shownTo(by)
          .flatMap((html) => findForm(html, label) ?? [])
          .at(-1);
      });
      return { question: form.question, press: press(form.path, form.fields) };
    },
    told: async (who) => (notes.get(who) ?? []).map(textOf),
    async thread(run = 0) {
      const name = runs[run];
      return name === undefined ? [] : messagesOf(streamOf(name));
    },
    repeat: async () => last?.(),
    async drop() {
      for (const [run, stream] of [...streams]) {
        stream.close();
        streams.delete(run);
        streamOf(run);
      }
    },
    hold: line.hold,
    held: line.held,
    release: line.release,
    async alive() {
      const shown = [...PEOPLE.flatMap(shownTo)];
      return shown.flatMap(aliveTags);
    },
    async close() {
      for (const stream of streams.values()) stream.close();
    },
  };
}
