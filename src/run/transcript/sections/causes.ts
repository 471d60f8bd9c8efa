import type { OriginCode, Verdict } from '../../../playbook/verdict.ts';
import { type Block, facts, type Section, text } from '../document.ts';
import type { Subject } from '../subject.ts';

/** How each origin comes about, in one or two plain sentences for a postmortem. */
const BY_ORIGIN: Readonly<Record<OriginCode, string>> = {
  'built-on-other-arch':
    'The image was built on a machine of another architecture than the hosts. Nothing in the build stated the platform, so it took that of the runner.',
  'tag-overwritten':
    'A tag that had served the hosts was pushed again, and what it names now does not serve them. Tags move, so a restart was enough to bring the new image in.',
  'single-platform-push':
    'The tag was published for one platform alone, without an index of all. Hosts of other platforms get an image that is not theirs, or none.',
  'stage-copied-wrong-file':
    'The image’s metadata fits the host, but a file was copied or downloaded into it that was made for another architecture. A build stage or a download with a fixed architecture does that.',
  'cache-without-arch':
    'Builds of several architectures shared a cache whose key does not name the architecture. One build took what another had left there.',
  'platform-forced':
    'A platform was forced where the image was deployed or pulled. The engine would have chosen the right one by itself.',
  'stale-local-image':
    'The host started an image that it had kept from before. What the tag names now is right, but the host did not ask for it again.',
  'mirror-dropped-platforms':
    'A mirror copied only one platform of the published image. Hosts that pull from the mirror do not find theirs.',
  'laptop-push':
    'The image was built and pushed from a person’s machine, past the pipeline and its checks. That machine has another architecture than the hosts.',
  unknown:
    'Nothing that was gathered tells how it came about. The build’s log, the registry’s log of pushes and the history of deployments may.',
};

/** The contributing causes, by the origin of each instance’s fault. */
export function causesSection({ state }: Subject): Section {
  const verdicts = faultyVerdicts(state);
  const kinds = [...new Set(verdicts.map(({ origin }) => origin.kind))];
  const blocks = kinds.flatMap((kind): Block[] => {
    const origins = verdicts.filter(({ origin }) => origin.kind === kind).map(({ origin }) => origin);
    const evidence = [...new Set(origins.map(({ because, confidence }) => `${because} (${confidence})`))].join('; ');
    return [text(BY_ORIGIN[kind]), facts(['Origin', kind], ['Evidence', evidence])];
  });
  const none = text('No fault was found, so there is no cause to tell.');
  return { id: 'causes', title: 'Contributing causes', blocks: blocks.length > 0 ? blocks : [none] };
}

/** The verdicts of a run that found a fault: the worst one first, then those of the other instances. */
export function faultyVerdicts({ verdict }: Subject['state']): readonly Verdict[] {
  if (!verdict) return [];
  return [verdict.verdict, ...verdict.instances.map((instance) => instance.verdict)].filter(
    ({ outcome }) => outcome === 'will-not-run',
  );
}
