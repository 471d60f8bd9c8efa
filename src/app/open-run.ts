import type { Person } from '../approval/person.ts';
import { nearest } from '../config/suggest.ts';
import { estateOf } from '../playbook/place.ts';
import type { Intent, IntentReply } from '../ports/application.ts';
import type { Conversation } from '../run/conversation.ts';
import { privateCard } from '../view/private-card.ts';
import { askWhich } from './ask-which.ts';
import type { Deps } from './deps.ts';
import { knownTargets, locate } from './locate.ts';
import { COMMAND_WORDS } from './read-command.ts';
import type { Recorder } from './recorder.ts';
import { serviceOn } from './service-at.ts';

/** The workflow of a diagnosis is named by its run. */
export const INVESTIGATE = 'investigate';

const SUGGESTIONS = 5;
/** Runs of one target among which the one is that was opened moments ago. */
const LOOKED_BACK = 20;

/**
 * Opens a run for a target, or joins the one that is open. Unknown names are answered privately with the nearest ones,
 * those with several meanings with these.
 * A service whose hosts are silent still gets its run: that they are silent is what it will say.
 */
export async function openRun(
  deps: Deps,
  recorder: Recorder,
  asked: Pick<Intent, 'by' | 'conversation' | 'delivery' | 'receivedAt'>,
  target: string,
  on: string | null,
  signal: AbortSignal,
): Promise<IntentReply> {
  const service = serviceOn(deps, target, on);
  const refusal = service ? null : await refuseUnclear(deps, asked.conversation, target, on, signal);
  if (refusal) return refusal;
  const estates = service ? service.targets.map(({ estate }) => estate) : on ? [on] : [];
  const practice = estates.length > 0 && estates.every((name) => deps.estates.get(name)?.practice);
  const { by, conversation, delivery, receivedAt } = asked;
  const key = runKey(target, on, conversation);
  const earlier = receivedAt === undefined ? null : await openedSince(deps, recorder, key, by, receivedAt);
  if (earlier !== null) return { kind: 'run', run: earlier, joined: false };
  const fact = { type: 'opened', target, on, by, conversation, practice } as const;
  const { run, opened } = await recorder.open(deps.ids.run(), key, { key: 'opened', fact });
  if (!opened) {
    await recorder.record(run, { key: `joined:${delivery}`, fact: { type: 'joined', by, conversation } });
    if (conversation.chat === 'web') return { kind: 'run', run, joined: true };
    const card = privateCard(
      `${target} is being looked at already`,
      `See the thread of run ${run}: what is found is told there.`,
      [],
      'ok',
    );
    return { kind: 'private', card };
  }
  deps.log.info({ run, target, on, by: by.id, chat: conversation.chat }, 'a run was opened');
  await deps.workflows.start(INVESTIGATE, run, { run });
  return { kind: 'run', run, joined: false };
}

/** The run that a process which is gone has opened for this already; it may have ended since. */
async function openedSince(
  { journal }: Deps,
  recorder: Recorder,
  key: string,
  by: Person,
  since: string,
): Promise<string | null> {
  for (const { run, target, openedAt } of await journal.list(LOOKED_BACK, key)) {
    if (target !== key || Date.parse(openedAt) < Date.parse(since)) continue;
    if ((await recorder.state(run))?.by.id === by.id) return run;
  }
  return null;
}

/** One run at a time for each of these. A terminal waits for its own run, so it does not join another's. */
function runKey(target: string, on: string | null, conversation: Conversation): string {
  const where = on === null ? '' : ` on ${on}`;
  return conversation.chat === 'cli' ? `${target}${where} in ${conversation.id}` : `${target}${where}`;
}

/** Null when the name is found somewhere and means one thing, or when no host at all answers: then the run says so. */
async function refuseUnclear(
  deps: Deps,
  conversation: Conversation,
  target: string,
  on: string | null,
  signal: AbortSignal,
): Promise<IntentReply | null> {
  if (on !== null && !deps.estates.has(on)) {
    const near = nearest(on, [...deps.estates.keys()], SUGGESTIONS);
    return {
      kind: 'private',
      card: privateCard(
        `There is no host or cluster ${on}`,
        suggestion(near, [...deps.estates.keys()]),
        near.map((name) => `/execfmt ${target} on ${name}`),
      ),
    };
  }
  const { places, absent } = await locate(deps, target, on, signal);
  const there = places.filter((place) => on === null || estateOf(place) === on);
  const which = askWhich(target, there, conversation);
  if (which) return { kind: 'private', card: which };
  if (there.length > 0) return null;
  const asked = on === null ? deps.estates.size : 1;
  if (asked > 0 && absent.length === asked) return null;
  const names = await knownTargets(deps, signal);
  const near = [...likely(target, names), ...likelyCommands(target)];
  const quiet = absent.map(({ why }) => `${why.target} did not answer: ${why.message}`);
  return {
    kind: 'private',
    card: privateCard(
      `Nothing is called ${target}`,
      [suggestion(near, names.slice(0, SUGGESTIONS)), ...quiet].join('\n'),
      near.map((name) => commandFor(name, name === target || !names.includes(name) ? null : on, names)),
    ),
  };
}

/** What asks for that name; a target that is called like a command needs `diagnose` before it. */
function commandFor(name: string, on: string | null, targets: readonly string[]): string {
  const hidden = on === null && targets.includes(name) && COMMAND_WORDS.some((word) => word === name);
  return `/execfmt ${hidden ? 'diagnose ' : ''}${name}${on === null ? '' : ` on ${on}`}`;
}

/** `staus` is no target, and was perhaps meant for a command. */
const likelyCommands = (word: string) => nearest(word, COMMAND_WORDS, 1);

/** Names that are spelt nearly so, then those that contain what was typed: `renderer` finds `pdf-renderer`. */
function likely(word: string, names: readonly string[]): readonly string[] {
  const containing = word.length >= 3 ? names.filter((name) => name.toLowerCase().includes(word.toLowerCase())) : [];
  return [...new Set([...nearest(word, names, SUGGESTIONS), ...containing])].slice(0, SUGGESTIONS);
}

function suggestion(near: readonly string[], all: readonly string[]): string {
  if (near.length > 0) return `Did you mean ${near.join(', ')}?`;
  return all.length > 0 ? `Known here: ${all.join(', ')}.` : 'No host is configured, or none has a container.';
}
