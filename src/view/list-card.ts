import type { Answer } from '../playbook/answer.ts';
import type { Card, CardPart } from './card.ts';
import { commandButton } from './private-card.ts';

/** A service of the configuration. */
export interface ListedService {
  readonly name: string;
  readonly targets: readonly { readonly estate: string; readonly name: string }[];
  readonly image: string | null;
  readonly approvals: { readonly approvers: readonly string[]; readonly required: number } | null;
}

/** A host or cluster, with the names of what it has. */
export interface ListedEstate {
  readonly name: string;
  readonly kind: 'docker' | 'kubernetes';
  readonly practice: boolean;
  readonly names: Answer<readonly string[]>;
}

/** Names that are told of one host; the rest are counted. */
const NAMES = 25;
const BUTTONS = 5;
const KIND = { docker: 'Docker host', kubernetes: 'Kubernetes cluster' } as const;
const NOTHING = 'No service, host or cluster is configured.';

/** What can be asked for: services with where they run and who may approve, hosts and clusters, and what was found there. */
export function listCard(services: readonly ListedService[], estates: readonly ListedEstate[]): Card {
  const parts: CardPart[] = [];
  if (services.length > 0) {
    parts.push(
      { kind: 'text', text: 'Services:' },
      { kind: 'list', ordered: false, items: services.map(describeService) },
    );
  }
  if (estates.length > 0) {
    parts.push({ kind: 'text', text: 'Hosts and clusters, and what is there:' });
    parts.push({ kind: 'list', ordered: false, items: estates.map(describeEstate) });
  }
  if (parts.length === 0) parts.push({ kind: 'text', text: NOTHING });
  const silent = estates.filter(({ names }) => names.kind === 'probe-failed').length;
  const count = `${services.length} services, ${estates.length} hosts and clusters${silent > 0 ? `, ${silent} of them silent` : ''}`;
  return {
    tone: silent > 0 || parts.length === 1 ? 'unknown' : 'ok',
    title: 'What can be asked for',
    practice: false,
    parts,
    buttons: services
      .slice(0, BUTTONS)
      .map(({ name }) => commandButton(`/execfmt diagnose ${name}`, `Diagnose ${name}`)),
    fallback: `What can be asked for: ${count}. ${services.map(({ name }) => name).join(', ')}`,
  };
}

function describeService({ name, targets, image, approvals }: ListedService): string {
  const where = targets.map((target) => `${target.name} on ${target.estate}`).join(', ') || 'nowhere';
  const who = approvals
    ? `may approve (${approvals.required} needed): ${approvals.approvers.join(', ') || 'nobody'}`
    : 'diagnosis only: nobody may approve';
  return `${name} · ${where}${image ? ` · ${image}` : ''} · ${who}`;
}

function describeEstate({ name, kind, practice, names }: ListedEstate): string {
  const what = `${name} (${KIND[kind]}${practice ? ', practice' : ''})`;
  if (names.kind === 'probe-failed') return `${what} did not answer: ${names.why.message}`;
  const more = names.value.length - NAMES;
  const shown = names.value.slice(0, NAMES).join(', ') || 'nothing';
  return `${what}: ${shown}${more > 0 ? ` and ${more} more` : ''}`;
}
