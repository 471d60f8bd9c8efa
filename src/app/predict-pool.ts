import { formatPlatform } from '../image/platform.ts';
import { answerOf, ProbeError } from '../playbook/answer.ts';
import type { InstanceFacts, LocalImageFacts, NodePool } from '../playbook/evidence.ts';
import { type PoolEvidence, type PoolRow, pulledDigest, repositoryOf } from '../playbook/instance-evidence.ts';
import type { ImageSource } from '../ports/image-source.ts';
import { predictStart } from './predict-start.ts';

/**
 * What the kernel model says of an instance's image on each kind of node that it may be scheduled to: the image as each
 * of them would pull it, by the same digest. What cannot be read stays unknown.
 */
export async function predictPool(
  images: ImageSource,
  pool: NodePool,
  instance: InstanceFacts,
  localImage: LocalImageFacts | null,
  signal: AbortSignal,
): Promise<PoolEvidence> {
  const repository = repositoryOf(instance.imageReference);
  const digest = localImage && pulledDigest(localImage, repository);
  const reference = digest ? `${repository}@${digest}` : instance.imageReference;
  const rows = pool.groups.map(async ({ host, nodes, count }): Promise<PoolRow> => {
    const platform = formatPlatform(host.platform);
    const outcome = await answerOf(async () => {
      if (instance.argvUnknown) throw new ProbeError(instance.argvUnknown);
      const opened = await images.open(reference, host.platform, signal);
      if (opened.kind === 'probe-failed') throw new ProbeError(opened.why);
      return predictStart(opened.value.files, host, instance);
    });
    return { platform, nodes, count, outcome };
  });
  return { total: pool.total, rows: await Promise.all(rows) };
}
