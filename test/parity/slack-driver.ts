import { waitFor } from '../lab/waiting.ts';
import { serveListener } from '../servers/serve-listener.ts';
import type { Delivery } from '../servers/slack/delivery.ts';
import { startSlack } from '../servers/slack/start-slack.ts';
import type { Ephemeral, SlackMessage } from '../servers/slack/world.ts';
import { type Driver, type Message, PEOPLE, type Pressing, type Trouble, type Who } from './driver.ts';

const POST = 'chat.postMessage';
const userOf = (who: Who) => `U0${who.toUpperCase()}`;
/** What Slack does to what a person types. */
const asTyped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const asShown = (text: string) => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

type Block = Readonly<Record<string, unknown>>;
interface Text {
  readonly type: string;
  readonly text: string;
}
interface Button {
  readonly action_id: string;
  readonly value?: string;
  readonly text: Text;
  readonly confirm?: { readonly title: Text; readonly text: Text };
}

/** All texts in blocks, in order. */
function textsIn(value: unknown): Text[] {
  if (Array.isArray(value)) return value.flatMap(textsIn);
  if (typeof value !== 'object' || value === null) return [];
  const { type, text } = value as Record<string, unknown>;
  if (typeof text === 'string') return [{ type: String(type), text }];
  return Object.values(value).flatMap(textsIn);
}

const isActions = ({ type }: Block) => type === 'actions';
const buttonsOf = (blocks: readonly Block[] = []) =>
  blocks.filter(isActions).flatMap((each) => each.elements as Button[]);
const shownText = ({ type, text }: Text) => (type === 'mrkdwn' ? asShown(text) : text);
const bodyOf = (blocks: readonly Block[] = []) =>
  textsIn(blocks.filter((each) => !isActions(each)))
    .map(shownText)
    .join('\n');

/** What stands in a message beside its blocks: files, by their names. */
const filesOf = (message: SlackMessage) =>
  ((message as { files?: readonly { readonly name?: string }[] }).files ?? []).map(({ name }) => name ?? '');

function show(message: SlackMessage): Message {
  const { ts, blocks } = message;
  return {
    id: ts,
    text: [bodyOf(blocks), ...filesOf(message)].join('\n'),
    buttons: buttonsOf(blocks).map(({ text }) => text.text),
  };
}

/** Makes the value of every button one that nobody knows. */
const withUnknown = <T extends Pick<SlackMessage, 'blocks'>>(message: T): T => ({
  ...message,
  blocks: JSON.parse(
    JSON.stringify(message.blocks ?? []).replaceAll(/\\"action\\":\\"\w+\\"/g, '\\"action\\":\\"reboot\\"'),
  ),
});

/** What the stand-in has of modals: a button that asks for a line opens one. */
interface Modals {
  readonly views: readonly { readonly user: string; readonly open: boolean }[];
  submit(view: Modals['views'][number], said: string): Promise<Delivery>;
}

const asks = (shown: Pick<SlackMessage, 'blocks'>, label: string) =>
  buttonsOf(shown.blocks).some(({ text, value }) => text.text === label && /"ask":/.test(value ?? ''));

const TROUBLE = {
  'rate-limit': { kind: 'rate-limit', retryAfter: 1 },
  'error-before': { kind: 'status', status: 503, when: 'before' },
  'error-after': { kind: 'status', status: 503, when: 'after' },
  'cut-before': { kind: 'cut', when: 'before' },
  'cut-after': { kind: 'cut', when: 'after' },
} as const;

/** Slack in one of its two modes, at the strict stand-in. */
export async function startSlackDriver(mode: 'http' | 'socket'): Promise<Driver> {
  const slack = await startSlack();
  slack.addChannel(slack.channel, { members: new Set(PEOPLE.map(userOf)) });
  const socket = mode === 'socket';
  const acknowledged = async (delivery: Promise<Delivery>) => {
    const { status, acknowledged } = await delivery;
    if (!acknowledged) throw new Error(`Slack got no acknowledgement (${status ?? 'no answer'}).`);
  };
  const answerModal = async (who: Who, said: string) => {
    const modals = slack as unknown as Modals;
    const view = await waitFor('a modal', 3000, async () =>
      modals.views.findLast(({ user, open }) => open && user === userOf(who)),
    );
    await acknowledged(modals.submit(view, said));
  };
  const own = (who: Who) => slack.ephemerals.filter(({ user }) => user === userOf(who));
  const everything = () => slack.messages().flatMap((parent) => [parent, ...slack.thread(parent.ts)]);
  const has = (label: string) => (each: Pick<SlackMessage, 'blocks'>) =>
    buttonsOf(each.blocks).some(({ text }) => text.text === label);

  return {
    name: socket ? 'slack-socket' : 'slack-http',
    findsPosted: true,
    identity: (who) => `slack:${userOf(who)}`,
    secrets: {
      slack: {
        botToken: slack.botToken,
        appToken: socket ? slack.appToken : null,
        signingSecret: socket ? null : slack.signingSecret,
        apiUrl: slack.apiUrl,
      },
      teams: null,
    },
    async connect({ application, slack: chat }) {
      if (chat === null) throw new Error('Slack is not there.');
      const served = chat.route ? await serveListener((req, res) => chat.route?.listener(req, res)) : null;
      if (served) slack.deliverTo(`http://127.0.0.1:${served.port}/slack/events`);
      await chat.start(application);
      return async () => served?.close();
    },
    say(text, by, how, inThread = false) {
      const where = { user: userOf(by) };
      if (how === 'command') return acknowledged(slack.command(asTyped(text), where));
      const thread = inThread ? { thread: slack.foreignMessage({ text: 'It is down!' }).ts } : {};
      return acknowledged(slack.mention(`<@${slack.botUser}> ${asTyped(text)}`, { ...where, ...thread }));
    },
    async button(label, by) {
      const alone: Ephemeral | undefined = own(by).findLast(has(label));
      const message = everything().findLast(has(label));
      const found = alone ?? message;
      if (!found) throw new Error(`${by} sees no button ${label}.`);
      const shown = structuredClone(found);
      const confirm = buttonsOf(shown.blocks).find(({ text }) => text.text === label)?.confirm;
      const press = async (who: Who, { unknown = false, said = '' }: Pressing = {}) => {
        const seen = unknown ? withUnknown(shown) : shown;
        if ('ts' in seen) await acknowledged(slack.press(seen, label, { user: userOf(who) }));
        else await acknowledged(slack.pressEphemeral(seen, label));
        if (asks(seen, label)) await answerModal(who, said);
      };
      return { question: confirm ? `${confirm.title.text}\n${confirm.text.text}` : '', press };
    },
    told: async (who) => own(who).map(({ text, blocks }) => (blocks.length === 0 ? asShown(text) : bodyOf(blocks))),
    async thread(run = 0) {
      const parent = slack.messages().filter(({ user }) => user === slack.botUser)[run];
      return parent ? [parent, ...slack.thread(parent.ts)].map(show) : [];
    },
    repeat: () => acknowledged(slack.retry()),
    trouble: (what: Trouble) => slack.fault(POST, TROUBLE[what]),
    async drop() {
      if (!socket) return slack.fault(POST, TROUBLE['cut-before']);
      slack.cutSockets();
      await waitFor('a new connection', 30_000, async () => slack.sockets() > 0 || null);
    },
    hold: slack.hold,
    held: slack.held,
    release: slack.release,
    async alive() {
      const shown = [...everything().filter(({ user }) => user === slack.botUser), ...slack.ephemerals];
      const markup = shown.flatMap(({ text, blocks }) => [
        text,
        ...textsIn(blocks).flatMap((each) => (each.type === 'mrkdwn' ? [each.text] : [])),
      ]);
      return markup.filter((text) => /<(?:[!@#]|https?:|mailto:)/.test(text));
    },
    close: () => slack.close(),
  };
}
