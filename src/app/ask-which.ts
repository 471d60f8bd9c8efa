import type { Place } from '../playbook/place.ts';
import type { Conversation } from '../run/conversation.ts';
import type { Button, Card } from '../view/card.ts';
import { privateCard, withCode } from '../view/private-card.ts';

const SHOWN = 10;

type ClusterPlace = Extract<Place, { kind: 'kubernetes' }>;

/** A workload that a name may mean, and the clusters that have it. */
interface Choice {
  readonly namespace: string;
  readonly workload: string;
  readonly clusters: readonly string[];
}

/**
 * Asks which of several workloads is meant, one button each; null when there is no doubt. The instances of one workload
 * are no doubt, nor is the same workload on several clusters or a container on several hosts: those are diagnosed together.
 */
export function askWhich(target: string, places: readonly Place[], { chat }: Conversation): Card | null {
  const choices = choicesOf(places);
  if (choices.length < 2) return null;
  const exact = choices.map((choice) => exactName(target, choice, choices));
  const shown = exact.slice(0, SHOWN);
  const left = exact.length - shown.length;
  const more = left > 0 ? ` ${left} more ${left === 1 ? 'is' : 'are'} not shown: name the namespace.` : '';
  const text = `${choices.length} different workloads are called so. Which one is meant?${more}`;
  const typed = ({ name, on }: Exact) =>
    chat === 'cli'
      ? `execfmt diagnose ${name}${on === null ? '' : ` --on ${on}`}`
      : `/execfmt ${commandOf({ name, on })}`;
  const card = withCode(privateCard(`Which ${target}?`, text), shown.map(typed).join('\n'));
  return { ...card, buttons: shown.map(buttonFor) };
}

function choicesOf(places: readonly Place[]): readonly Choice[] {
  const choices = new Map<string, ClusterPlace[]>();
  for (const place of places) {
    if (place.kind !== 'kubernetes') continue;
    const key = `${place.namespace}/${place.workload}`;
    choices.set(key, [...(choices.get(key) ?? []), place]);
  }
  const found = [...choices.values()].map((same): Choice => {
    const [first] = same;
    const clusters = [...new Set(same.map(({ cluster }) => cluster))];
    return { namespace: first?.namespace ?? '', workload: first?.workload ?? '', clusters };
  });
  const sortKey = ({ namespace, workload }: Choice) => `${namespace}/${workload}`;
  return found.sort((a, b) => sortKey(a).localeCompare(sortKey(b)));
}

/** What means just one of the choices when it is typed. */
interface Exact {
  readonly name: string;
  /** Null when it is on several clusters. */
  readonly on: string | null;
}

/** The namespace tells most of them apart; the kind those of one namespace. What was found by its pod stays a pod. */
function exactName(target: string, { namespace, workload, clusters }: Choice, all: readonly Choice[]): Exact {
  const name = target.split('/').at(-1) ?? target;
  const beside = all.filter((other) => other.namespace === namespace);
  const kind = workload.endsWith(`/${name}`) ? workload : `pod/${name}`;
  const on = clusters.length === 1 ? (clusters[0] ?? null) : null;
  return { name: beside.length > 1 ? `${namespace}/${kind}` : `${namespace}/${name}`, on };
}

const commandOf = ({ name, on }: Exact): string => (on === null ? name : `${name} on ${on}`);

function buttonFor(exact: Exact): Button {
  const subject = commandOf(exact);
  return {
    label: subject,
    style: 'plain',
    press: { action: 'command', run: '', subject, hash: null },
    confirm: null,
  };
}
