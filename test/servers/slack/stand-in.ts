import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { startPractice } from '../../../adapters/practice/start-practice.ts';
import { readLine } from './read-line.ts';
import { startSlack } from './start-slack.ts';
import { tellMessage } from './tell-message.ts';

// `npm run stand-in`: a Slack without Slack, and a host whose pdf-renderer does not start, for docs/first-run.md.

const FIRST_PORT = Number(process.env.STAND_IN_PORT ?? 4710);
const LOOK_MS = 200;
const say = (text: string): void => void process.stdout.write(`${text}\n`);

const slack = await startSlack({ port: FIRST_PORT });
const practice = await startPractice({
  drainSeconds: 20,
  ports: { engine: FIRST_PORT + 1, registry: FIRST_PORT + 2, metrics: FIRST_PORT + 3 },
});
say(`Slack: ${slack.apiUrl} (channel ${slack.channel}; people U0ANNA and U0BEN)`);
say(`Docker engine: ${practice.engine}, registry: ${practice.registry}, metrics: ${practice.metrics}`);
say('Type /execfmt pdf-renderer, or: press <button> as U0BEN. An empty line changes nothing, ^C ends it.');

/** What was shown last, by message; a changed message is shown again. */
const shown = new Map<string, string>();

function showNew(): void {
  const told = slack.messages().flatMap((parent) => [parent, ...slack.thread(parent.ts)]);
  const all = [
    ...told.map((message) => [message.ts, tellMessage(message)] as const),
    ...slack.ephemerals.map(
      (each, index) => [`only ${index}`, `(only ${each.user} sees) ${tellMessage(each)}`] as const,
    ),
  ];
  for (const [id, text] of all) {
    if (shown.get(id) === text) continue;
    shown.set(id, text);
    say(`\n${text}`);
  }
}

async function type(line: string): Promise<void> {
  const typed = readLine(line);
  if (typed.kind === 'nothing') return;
  if (typed.kind === 'unknown') return say('That is neither /execfmt … nor press <button>.');
  if (typed.kind === 'command') {
    const { acknowledged } = await slack.command(typed.text, { user: typed.user });
    return acknowledged ? undefined : say('Nobody answers: is execfmt serve connected?');
  }
  const holder = slack
    .messages()
    .flatMap((parent) => [parent, ...slack.thread(parent.ts)])
    .findLast((message) => JSON.stringify(message.blocks ?? []).includes(`"${typed.button}"`));
  if (!holder) return say(`There is no button ${typed.button}.`);
  await slack.press(holder, typed.button, { user: typed.user });
}

const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => void type(line.trim()).catch((error: unknown) => say(String(error))));
const end = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => end.abort());
while (!end.signal.aborted) {
  showNew();
  await sleep(LOOK_MS);
}
lines.close();
await practice.stop();
await slack.close();
