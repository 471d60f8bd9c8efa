import { nearest } from '../../config/suggest.ts';
import type { IntentReply } from '../../ports/application.ts';
import type { RunState } from '../../run/run-state.ts';
import { privateCard } from '../../view/private-card.ts';
import type { Desk } from './desk.ts';

/** Runs whose ids a mistyped one is compared with. */
const LOOKED_BACK = 500;
const SUGGESTIONS = 5;

type Which = 'transcript' | 'again';

/** A run by the id that a person typed, with or without `r-`; null when there is none. */
export async function findRun({ recorder }: Desk, typed: string): Promise<RunState | null> {
  const id = typed.toLowerCase();
  return (await recorder.state(id)) ?? (id.startsWith('r-') ? null : recorder.state(`r-${id}`));
}

/** Says that there is no such run, with those that are spelt nearly so, then those of a target of that name, then the newest. */
export async function refuseRun({ deps }: Desk, typed: string, command: Which): Promise<IntentReply> {
  const runs = await deps.journal.list(LOOKED_BACK);
  const id = typed.toLowerCase().startsWith('r-') ? typed : `r-${typed}`;
  const near = nearest(
    id,
    runs.map(({ run }) => run),
    SUGGESTIONS,
  ).flatMap((run) => runs.filter((listing) => listing.run === run));
  const ofTarget = runs.filter(({ target }) => target === typed);
  const shown = [near, ofTarget, runs].find((group) => group.length > 0)?.slice(0, SUGGESTIONS) ?? [];
  const lead = near.length > 0 ? 'Did you mean' : ofTarget.length > 0 ? `Runs of ${typed}:` : 'The newest are';
  const text =
    shown.length > 0
      ? `${lead} ${shown.map(nameOf).join(', ')}${near.length > 0 ? '?' : '.'}`
      : 'There are no runs yet.';
  return { kind: 'private', card: privateCard(`There is no run ${typed}`, text, commandsFor(command, shown)) };
}

/** Asks which run is meant, with the newest to choose from. */
export async function askWhichRun({ deps }: Desk, command: Which): Promise<IntentReply> {
  const runs = await deps.journal.list(SUGGESTIONS);
  const text =
    runs.length > 0
      ? `The newest are ${runs.map(nameOf).join(', ')}. Others by their id: \`/execfmt ${command} RUN\`.`
      : 'There are no runs yet.';
  return { kind: 'private', card: privateCard('Which run?', text, commandsFor(command, runs)) };
}

const nameOf = ({ run, target }: { readonly run: string; readonly target: string }) => `${run} (${target})`;

const commandsFor = (command: Which, runs: readonly { readonly run: string }[]) =>
  runs.map(({ run }) => `/execfmt ${command} ${run}`);
