import type { RebuildPlan } from '../../approval/plan.ts';
import { type Answer, failed, known } from '../../playbook/answer.ts';
import { repositoryOf } from '../../playbook/instance-evidence.ts';
import type { RebuildState } from '../../ports/rebuilds.ts';
import type { ActionJob } from './action-job.ts';

/** What a build has published: `repository@sha256:…`. */
export interface PublishedDigest {
  readonly image: string;
  readonly digest: string;
}

/**
 * The digest that a finished build has published: the one that the tag points to now, if that is new or the log names it;
 * else the last one that the log names of the repository. That it is right has still to be proved.
 */
export async function findPublished(
  { deps, context, plan }: ActionJob<RebuildPlan>,
  { log }: RebuildState,
): Promise<Answer<PublishedDigest>> {
  const { reference, digest: before } = plan.current;
  const repository = repositoryOf(reference);
  const pushed = (log?.pushed ?? [])
    .filter((one) => one.reference === null || repositoryOf(one.reference) === repository)
    .map(({ digest }) => digest);
  const tag = await deps.images.resolve(reference, context.signal);
  context.signal.throwIfAborted();
  const now = tag.kind === 'known' ? tag.value.digest : null;
  const digest = now !== null && (now !== before || pushed.includes(now)) ? now : pushed.at(-1);
  if (digest !== undefined) return known({ image: `${repository}@${digest}`, digest });
  const why =
    tag.kind === 'probe-failed'
      ? `${reference} cannot be read: ${tag.why.message}`
      : `${reference} still points to ${before}, and the log names no other digest of it.`;
  return failed('not-found', repository, `The build succeeded, and nothing new is published: ${why}`);
}
