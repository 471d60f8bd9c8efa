import { serveListener } from '../servers/serve-listener.ts';
import type { Delivery } from '../servers/teams/delivery.ts';
import { startTeams } from '../servers/teams/start-teams.ts';
import type { AdaptiveCard, CardAction, TeamsMessage } from '../servers/teams/world.ts';
import { type Driver, type Message, PEOPLE, type Trouble, type Who } from './driver.ts';

/** What Teams does to what a person types. */
const asTyped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const aloneWith = (who: Who) => `a:alone-${who}`;

interface Typed {
  readonly type: string;
  readonly text: string;
}

/** All texts in a card's body, in order. */
function textsIn(value: unknown): Typed[] {
  if (Array.isArray(value)) return value.flatMap(textsIn);
  if (typeof value !== 'object' || value === null) return [];
  const { type, text } = value as Record<string, unknown>;
  return typeof text === 'string' ? [{ type: String(type), text }] : Object.values(value).flatMap(textsIn);
}

const bodyOf = (card: AdaptiveCard | null | undefined) =>
  textsIn(card?.body)
    .map(({ text }) => text)
    .join('\n');

/** A button with the card that it opens, when it asks first. */
interface Press {
  readonly action: CardAction;
  readonly asks: AdaptiveCard | null;
}

function pressesOf(card: AdaptiveCard | null): Press[] {
  return (card?.actions ?? []).flatMap((action): Press[] => {
    if (action.type === 'Action.Execute') return [{ action, asks: null }];
    const inner = action.card;
    return inner ? pressesOf(inner).map((each) => ({ ...each, asks: inner })) : [];
  });
}

const show = ({ id, card }: TeamsMessage): Message => ({
  ...{ id, text: bodyOf(card) },
  buttons: pressesOf(card).map(({ action }) => action.title ?? ''),
});
const has = (label: string) => (message: TeamsMessage) => show(message).buttons.includes(label);
const beginsRun = (message: TeamsMessage) => / · run r-\w+/.test(bodyOf(message.card));

/** Makes the data of every button such as nobody knows. */
const withUnknown = (message: TeamsMessage): TeamsMessage =>
  JSON.parse(JSON.stringify(message).replaceAll(/"action":"\w+"/g, '"action":"reboot"'));

const TROUBLE = {
  'rate-limit': { kind: 'rate-limit', retryAfter: 1 },
  'error-before': { kind: 'status', status: 503, when: 'before' },
  'error-after': { kind: 'status', status: 502, when: 'after' },
  'cut-before': { kind: 'cut', when: 'before' },
  'cut-after': { kind: 'cut', when: 'after' },
} as const;

/** What in a card a client would obey: Markdown in what reads it, mentions, dates. */
function aliveIn(message: TeamsMessage): string[] {
  const texts = textsIn(message.card?.body);
  const markdown = texts.filter(({ type }) => type !== 'TextRun').map(({ text }) => text);
  const runs = texts.filter(({ text }) => /<\/?\s*at\b|\{\{/i.test(text)).map(({ text }) => text);
  const fallback = message.card?.fallbackText ?? '';
  const live = /(?<!\\)[[<]|\{\{/.test(fallback) ? [fallback] : [];
  return [...markdown, ...runs, ...live, ...(/<\/?\s*at\b/i.test(message.summary) ? [message.summary] : [])];
}

/** Teams, at the strict stand-in: a channel, and for each person a chat with the bot alone. */
export async function startTeamsDriver(): Promise<Driver> {
  const teams = await startTeams();
  const { appId, password, tenant, issuer, loginUrl, scope, openIdUrl, graphUrl, world, channel } = teams;
  const room = world.room(channel, 'channel');
  for (const who of PEOPLE) {
    if (!room.users.includes(world.user(who))) room.users.push(world.user(who));
    world.room(aloneWith(who), 'personal', [who]);
  }
  const answers = new Map<Who, string[]>(PEOPLE.map((who) => [who, []]));
  const taken = async (delivery: Promise<Delivery>) => {
    const { status, body } = await delivery;
    if (status !== 200) throw new Error(`Teams got ${status ?? 'no answer'}.`);
    return body;
  };
  const everything = () => [...teams.messages(), ...PEOPLE.flatMap((who) => teams.messages(aloneWith(who)))];

  return {
    name: 'teams',
    findsPosted: false,
    identity: (who) => `teams:${world.user(who).object}`,
    secrets: { slack: null, teams: { appId, password, tenant, issuer, loginUrl, scope, openIdUrl, graphUrl } },
    async connect({ application, teams: chat }) {
      if (chat === null) throw new Error('Teams is not there.');
      const served = await serveListener((req, res) => chat.route.listener(req, res));
      teams.deliverTo(`http://127.0.0.1:${served.port}/api/messages`);
      await chat.start(application);
      return served.close;
    },
    async say(text, by, _how, inThread = false) {
      const root = world.id();
      if (inThread) {
        const conversation = `${channel};messageid=${root}`;
        const begun = { id: root, conversation, from: world.user('anna').id, summary: '', text: 'It is down!' };
        room.messages.push({ ...begun, card: null, edits: 0 });
      }
      await taken(teams.mention(asTyped(text), { user: by, ...(inThread ? { root } : {}) }));
    },
    async button(label, by) {
      const found = teams.messages(aloneWith(by)).findLast(has(label)) ?? teams.messages().findLast(has(label));
      if (!found) throw new Error(`${by} sees no button ${label}.`);
      const shown = structuredClone(found);
      const asks = pressesOf(shown.card).find(({ action }) => action.title === label)?.asks;
      return {
        question: bodyOf(asks),
        async press(who, { said, unknown = false } = {}) {
          const seen = unknown ? withUnknown(shown) : shown;
          const body = await taken(teams.press(seen, label, who, null, said));
          if (typeof body?.value === 'string') answers.get(who)?.push(body.value);
        },
      };
    },
    told: async (who) => [
      ...(answers.get(who) ?? []),
      ...teams.messages(aloneWith(who)).map(({ card }) => bodyOf(card)),
    ],
    async thread(run = 0) {
      const messages = teams.messages();
      const begun = messages.flatMap((message, at) => (beginsRun(message) ? [at] : []));
      const from = begun[run];
      return from === undefined ? [] : messages.slice(from, begun[run + 1]).map(show);
    },
    repeat: async () => void (await taken(teams.retry())),
    trouble: (what: Trouble) => teams.fault('send', TROUBLE[what]),
    drop: async () => teams.fault('send', TROUBLE['cut-before']),
    hold: teams.hold,
    held: teams.held,
    release: teams.release,
    alive: async () => everything().flatMap(aliveIn),
    close: () => teams.close(),
  };
}
