import { createSlack } from '../../../adapters/chat/slack/create-slack.ts';
import { describeChat } from '../../contracts/chat-contract.ts';
import { createApplication, createClock, createLog, startStage } from './start-chat.ts';

describeChat(
  'Slack',
  async () => {
    const stage = await startStage('http');
    const { server } = stage;
    const channel = server.addChannel('C0CONTRACT', {});
    return {
      chat: stage.chat,
      to: { chat: 'slack', id: `${server.team}/C0CONTRACT` },
      slept: stage.slept,
      async restart() {
        const { botToken, signingSecret, apiUrl } = server;
        const parts = { log: createLog().log, clock: createClock().clock, claim: async () => true, channels: null };
        const chat = createSlack({ botToken, appToken: null, signingSecret, apiUrl, ...parts });
        await chat.start(createApplication().application);
        return chat;
      },
      messages: () =>
        channel.messages.map(({ ts, thread_ts, text, blocks }) => ({
          ...{ id: ts, thread: thread_ts ?? null },
          ...{ content: JSON.stringify(blocks), fallback: text },
        })),
      person: { id: 'slack:U0ANNA', name: 'anna' },
      alone: () => [
        ...server.ephemerals.map(({ blocks }) => JSON.stringify(blocks)),
        ...server.messages('D0ANNA').map(({ blocks }) => JSON.stringify(blocks)),
      ],
      limitRate: (seconds) => server.fault('chat.postMessage', { kind: 'rate-limit', retryAfter: seconds }),
      failBefore: () => server.fault('chat.postMessage', { kind: 'status', status: 503, when: 'before' }),
      removeBot: () => {
        channel.botIsMember = false;
      },
      close: () => stage.close(),
    };
  },
  { findsPosted: true },
);
