import { afterEach, describe, expect, it } from 'vitest';
import { waitFor } from '../lab/waiting.ts';
import { startRegistry } from '../servers/registry/start-registry.ts';
import { file, program, pushIndex } from './check-stage.ts';
import {
  blocksOf,
  type SlackPracticeOptions,
  type SlackPracticeStage,
  startSlackPractice,
} from './slack-practice-stage.ts';

let stage: SlackPracticeStage;
const begin = async (options?: SlackPracticeOptions) => {
  stage = await startSlackPractice(options);
  return stage;
};
const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await stage.stop();
  for (const end of ends.splice(0)) await end();
});

const outside = (id: string, set: object) => stage.slack.addChannel(id, set);

describe('commands in Slack', () => {
  it('opens the run by the button under a misspelt name, and takes the spent button away', async () => {
    const { slack, told, replied } = await begin();
    await slack.command('pdf-rendrer');
    const answer = await told('Did you mean pdf-renderer?');
    await slack.pressEphemeral(answer, 'pdf-renderer');
    await replied('It will not run');
    await waitFor('the spent button to go', 5_000, async () => answer.gone || null);
    expect(slack.messages()).toHaveLength(1);
  });

  it('takes commands in a thread by a mention, and answers privately there', async () => {
    const { slack, told, replied, run } = await begin();
    await slack.mention('<@U0BOT> pdf-renderer');
    await replied('It will not run');
    const parent = slack.messages()[0]!;
    await slack.mention('<@U0BOT> status', { thread: parent.ts });
    const answer = await told(`run ${await run()}`);
    expect(answer).toMatchObject({ via: 'chat.postEphemeral', thread: parent.ts });
  });

  it('shares the transcript as a file in the run’s own thread, wherever it is asked for', async () => {
    const { slack, told, replied, run } = await begin();
    await slack.command('pdf-renderer');
    const verdict = await replied('It will not run');
    await slack.press(verdict, 'Whole transcript');
    await told(`The transcript of ${await run()} is in its thread`);
    const [shared] = slack.thread(slack.messages()[0]!.ts).filter(({ files }) => files);
    expect(shared?.files).toMatchObject([{ name: `incident-${await run()}.md` }]);
    const text = String(slack.files.get(shared?.files?.[0]?.id ?? '')?.bytes);
    for (const part of ['pdf-renderer', 'wrong-platform-image', '/app/render']) expect(text).toContain(part);
    expect(text.toWellFormed()).toBe(text);

    slack.addChannel('C0OTHER');
    await slack.command(`transcript ${await run()} html`, { channel: 'C0OTHER' });
    await waitFor('the second file', 10_000, async () => slack.files.size === 2 || null);
    await waitFor(
      'it in the thread',
      10_000,
      async () => slack.thread(slack.messages()[0]!.ts).filter(({ files }) => files).length === 2 || null,
    );
    expect(slack.messages('C0OTHER')).toEqual([]);
  });

  it('tells the page’s address when the app may not write files', async () => {
    const { slack, told, replied, run } = await begin({
      configure: (config) => ({ ...config, publicUrl: 'https://execfmt.corp.io' }),
    });
    await slack.command('pdf-renderer');
    await replied('It will not run');
    slack.fault('files.getUploadURLExternal', { kind: 'error', error: 'missing_scope' });
    await slack.command(`transcript ${await run()}`);
    const answer = await told(`https://execfmt.corp.io/runs/${await run()}`);
    expect(blocksOf(answer)).toContain('did not take the file');
  });

  it('says at once that an image is being checked, and the result to the same person later', async () => {
    const registry = await startRegistry();
    ends.push(() => registry.stop());
    await pushIndex(registry, 'v3', [
      { config: 'linux/amd64', layers: [[file('app/render', program('arm64'))]] },
      { config: 'linux/arm64', layers: [[file('app/render', program('arm64'))]] },
    ]);
    const { slack, told } = await begin({
      configure: (config) => ({
        ...config,
        registries: config.registries.map((one) => ({ ...one, host: registry.host })),
      }),
    });
    const held: (() => void)[] = [];
    const original = registry.intercept;
    registry.intercept = (request, response, path) => {
      if (held.length > 0) return original(request, response, path);
      held.push(() => response.writeHead(503, { 'retry-after': '0' }).end());
      return true;
    };
    await slack.command(`check ${registry.host}/team/render:v3`, { user: 'U0BEN' });
    await told(`Checking ${registry.host}/team/render:v3`);
    for (const release of held) release();
    const result = await told(`Fails: ${registry.host}/team/render:v3`);
    expect(result.user).toBe('U0BEN');
    expect(blocksOf(result)).toContain('🛑 Problem');
    expect(blocksOf(result)).toContain('✗ linux/amd64 fails (wrong-arch-binary, /app/render)');
    expect(slack.messages()).toEqual([]);
  });
});

describe('channels that take no thread', () => {
  it.each([
    ['without the bot', { botIsMember: false }, '/invite @execfmt'],
    ['private and without the bot', { botIsMember: false, isPrivate: true }, '/invite @execfmt'],
    ['archived', { archived: true }, 'archived'],
    ['closed to apps', { restricted: true }, 'does not let execfmt post'],
  ])('%s: the one who asked is told why, what to do, and the result', async (_, set, advice) => {
    const { slack, told, application, run } = await begin({
      configure: (config) => ({ ...config, publicUrl: 'https://execfmt.corp.io' }),
    });
    const channel = outside('C0GONE', set);
    await slack.command('pdf-renderer', { channel: 'C0GONE' });
    const why = await told('cannot be posted');
    expect(blocksOf(why)).toContain(advice);
    expect(blocksOf(why)).toContain(`https://execfmt.corp.io/runs/${await run()}`);
    const verdict = await told('It will not run: pdf-renderer');
    expect(verdict).toMatchObject({ user: 'U0ANNA', channel: 'C0GONE', via: 'response_url' });
    expect(blocksOf(verdict)).not.toContain('Roll back to');
    await application.diagnosed(await run());
    expect(channel.messages).toEqual([]);
    expect(slack.ephemerals.filter((one) => blocksOf(one).includes('cannot be posted'))).toHaveLength(1);
    expect(slack.ephemerals.filter((one) => blocksOf(one).includes('It will not run'))).toHaveLength(1);
  });

  it('without threads: the parent stands in the channel and sums up, the rest is told privately', async () => {
    const { slack, told } = await begin();
    outside('C0FLAT', { threads: false });
    await slack.command('pdf-renderer', { channel: 'C0FLAT' });
    expect(blocksOf(await told('cannot be posted'))).toContain('no replies in threads');
    await told('It will not run: pdf-renderer');
    await waitFor(
      'the parent to sum up',
      10_000,
      async () => blocksOf(slack.messages('C0FLAT')[0]).includes('wrong-platform-image') || null,
    );
    expect(slack.messages('C0FLAT')).toHaveLength(1);
  });

  it('tells by direct message when nothing else reaches the person', async () => {
    let now = Date.now();
    const { slack } = await begin({ now: () => now });
    outside('C0GONE', { botIsMember: false });
    const asked = slack.command('pdf-renderer', { channel: 'C0GONE' });
    // The response_url of the command is too old from the start.
    now += 31 * 60_000;
    await asked;
    const alone = await waitFor('direct messages', 20_000, async () => {
      const messages = slack.messages('D0ANNA');
      return messages.some((message) => blocksOf(message).includes('It will not run')) ? messages : null;
    });
    expect(alone.map(blocksOf).join()).toContain('/invite @execfmt');
    expect(slack.ephemerals).toEqual([]);
  });
});
