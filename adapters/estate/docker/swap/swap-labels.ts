import type { Swap } from '../../../../src/ports/image-swap.ts';
import type { ContainerDocument, RestartPolicyDocument } from '../documents.ts';

/**
 * The journal of a swap stands in the labels of the new container, which is created before the old one is touched and
 * removed after the old one is back: at every moment in between it says how the old one was. Should somebody remove the
 * new container, the old one's own name says the same while it is set aside, and what the store was given to remember says
 * it at all other moments.
 */
export const SWAP_LABEL = 'execfmt.swap';
const RAN_LABEL = 'execfmt.swap.ran';
const POLICY_LABEL = 'execfmt.swap.restart-policy';
const RETRIES_LABEL = 'execfmt.swap.restart-retries';
/** Labels of this and earlier swaps; none of them is a setting of the service. */
export const OWN_LABELS: readonly string[] = [SWAP_LABEL, RAN_LABEL, POLICY_LABEL, RETRIES_LABEL];

/** How the old container was before it was touched. */
export interface Before {
  readonly ran: boolean;
  readonly policy: RestartPolicyDocument;
}

/** Restarting counts as running: its process was meant to run. */
export function beforeOf(old: ContainerDocument): Before {
  const state = old.State ?? {};
  return {
    ran: Boolean(state.Running || state.Restarting || state.Paused),
    policy: old.HostConfig?.RestartPolicy ?? {},
  };
}

/** The journal, for the new container. */
export function labelsOf(swap: Swap, before: Before): Record<string, string> {
  return {
    [SWAP_LABEL]: swap.id,
    [RAN_LABEL]: String(before.ran),
    [POLICY_LABEL]: before.policy.Name || 'no',
    [RETRIES_LABEL]: String(before.policy.MaximumRetryCount ?? 0),
  };
}

/** Reads the journal off the new container. */
export function readBefore(fresh: ContainerDocument): Before {
  const labels = fresh.Config?.Labels ?? {};
  const retries = Number(labels[RETRIES_LABEL] ?? 0);
  const policy: RestartPolicyDocument = {
    Name: labels[POLICY_LABEL] || 'no',
    ...(Number.isSafeInteger(retries) && retries > 0 ? { MaximumRetryCount: retries } : {}),
  };
  return { ran: labels[RAN_LABEL] === 'true', policy };
}

/** The name of the old container while it is set aside: `web-execfmt-p-1.ran.on-failure.3`. */
export function asideName(prefix: string, { ran, policy }: Before): string {
  const retries = policy.MaximumRetryCount ? [String(policy.MaximumRetryCount)] : [];
  return [prefix, ran ? 'ran' : 'stopped', policy.Name || 'no', ...retries].join('.');
}

/** Whether a container, by its name, is the one that was set aside under that prefix. */
export function isAside(container: ContainerDocument, prefix: string): boolean {
  return readAside(container, prefix) !== null;
}

/** Reads how the old container was off its name; null when it is not set aside. */
export function readAside(old: ContainerDocument, prefix: string): Before | null {
  if (!old.Name.startsWith(`/${prefix}.`)) return null;
  const [ran, name = 'no', retries] = old.Name.slice(prefix.length + 2).split('.');
  const count = Number(retries ?? 0);
  const more = Number.isSafeInteger(count) && count > 0 ? { MaximumRetryCount: count } : {};
  return { ran: ran === 'ran', policy: { Name: name, ...more } };
}
