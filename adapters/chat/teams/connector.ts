import type { Activity } from 'botbuilder';
import type { Bot } from './create-bot.ts';
import type { Place } from './place.ts';

/** A member of a chat or team. */
export interface Member {
  /** `29:…`, which cards name people by. */
  readonly id: string;
  /** Entra's object id, lower case; empty when Teams gives none. */
  readonly object: string;
}

/** What is asked of the Bot connector, through botbuilder's own client. Rejects with the errors of `teams-error.ts`. */
export interface Connector {
  /** Gives the id of the new activity. */
  send(serviceUrl: string, conversation: string, activity: Partial<Activity>): Promise<string>;
  update(serviceUrl: string, conversation: string, id: string, activity: Partial<Activity>): Promise<void>;
  /** Gives the id of the chat with one person alone. */
  openPersonal(place: Place, user: string): Promise<string>;
  members(serviceUrl: string, room: string, from: string | null): Promise<{ members: Member[]; next: string | null }>;
}

/** As many as Teams gives at once. */
const PAGE = 500;

/** The parts of botbuilder's client that are used; its own type is of a package that is not ours to import. */
interface Client {
  readonly conversations: {
    sendToConversation(conversation: string, activity: Partial<Activity>): Promise<{ readonly id?: string }>;
    updateActivity(conversation: string, id: string, activity: Partial<Activity>): Promise<unknown>;
    createConversation(parameters: object): Promise<{ readonly id?: string }>;
    getConversationPagedMembers(
      conversation: string,
      options: object,
    ): Promise<{
      readonly members?: readonly { id?: string; aadObjectId?: string; objectId?: string }[];
      readonly continuationToken?: string;
    }>;
  };
}

/** The connector of a bot. Each call is a proactive one: nothing of an earlier process is needed (T8). */
export function createConnector({ adapter }: Bot, appId: string): Connector {
  async function within<T>(serviceUrl: string, conversation: string, work: (client: Client) => Promise<T>): Promise<T> {
    let result: { readonly value: T } | null = null;
    const reference = { serviceUrl, channelId: 'msteams', conversation: { id: conversation } };
    await adapter.continueConversationAsync(appId, reference as never, async (context) => {
      result = { value: await work(context.turnState.get(adapter.ConnectorClientKey) as Client) };
    });
    if (result === null) throw new Error('botbuilder did not call back.');
    return (result as { readonly value: T }).value;
  }
  return {
    send: (serviceUrl, conversation, activity) =>
      within(serviceUrl, conversation, async ({ conversations }) => {
        const { id } = await conversations.sendToConversation(conversation, activity);
        return id ?? '';
      }),
    update: (serviceUrl, conversation, id, activity) =>
      within(serviceUrl, conversation, async ({ conversations }) => {
        await conversations.updateActivity(conversation, id, activity);
      }),
    openPersonal: ({ serviceUrl, conversation, tenant, bot }, user) =>
      within(serviceUrl, conversation, async ({ conversations }) => {
        const alone = { isGroup: false, bot: { id: bot }, members: [{ id: user }], tenantId: tenant };
        const { id } = await conversations.createConversation({ ...alone, channelData: { tenant: { id: tenant } } });
        return id ?? '';
      }),
    members: (serviceUrl, room, from) =>
      within(serviceUrl, room, async ({ conversations }) => {
        const asked = { pageSize: PAGE, ...(from === null ? {} : { continuationToken: from }) };
        const page = await conversations.getConversationPagedMembers(room, asked);
        const members = (page.members ?? []).map(({ id, aadObjectId, objectId }) => ({
          id: id ?? '',
          object: (aadObjectId ?? objectId ?? '').toLowerCase(),
        }));
        return { members, next: page.continuationToken ?? null };
      }),
  };
}
