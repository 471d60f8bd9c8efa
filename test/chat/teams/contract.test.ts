import { createTeams } from '../../../adapters/chat/teams/create-teams.ts';
import { describeChat } from '../../contracts/chat-contract.ts';
import { createApplication, createClock, createLog, startStage } from './start-chat.ts';

describeChat(
  'Teams',
  async () => {
    const stage = await startStage();
    const { server } = stage;
    return {
      chat: stage.chat,
      to: stage.to,
      slept: stage.slept,
      async restart() {
        const { appId, password, tenant, issuer, loginUrl, scope, openIdUrl, graphUrl } = server;
        const parts = { log: createLog().log, clock: createClock().clock, claim: async () => true, publicUrl: null };
        const chat = createTeams({ appId, password, tenant, issuer, loginUrl, scope, openIdUrl, graphUrl, ...parts });
        await chat.start(createApplication().application);
        return chat;
      },
      messages: () =>
        server.messages().map(({ id, conversation, card, summary }) => ({
          ...{ id, thread: conversation },
          ...{ content: JSON.stringify(card), fallback: summary && (card?.fallbackText ?? '') && summary },
        })),
      person: { id: `teams:${server.world.user('anna').object}`, name: 'anna' },
      alone: () =>
        [...server.world.rooms.values()]
          .filter(({ kind }) => kind === 'personal')
          .flatMap(({ messages }) => messages.map((message) => JSON.stringify(message.card))),
      limitRate: (seconds) => server.fault('send', { kind: 'rate-limit', retryAfter: seconds }),
      failBefore: () => server.fault('send', { kind: 'status', status: 503, when: 'before' }),
      removeBot: () => {
        server.world.room(server.channel, 'channel').botIsMember = false;
      },
      close: () => stage.close(),
    };
  },
  { findsPosted: false },
);
