import { formatPlatform, samePlatform } from '../../image/platform.ts';
import type { HostFacts } from '../evidence.ts';
import { type InstanceEvidence, pulledDigest, type RollbackCandidate, repositoryOf } from '../instance-evidence.ts';
import { claimedPlatform, refusalOfOffered, tagOffersHost } from '../judge/platforms.ts';
import type { Origin } from '../verdict.ts';
import { originByBuild } from './of-build.ts';

/** What the rules look at: an image that says itself that it is for another platform. */
interface Foreign {
  readonly evidence: InstanceEvidence;
  readonly host: HostFacts;
  /** Of the image, for a sentence. */
  readonly claims: string;
  readonly wants: string;
  /** The digest that was pulled; null when the image was built or loaded there. */
  readonly pulled: string | null;
}

/** The tag has an image for the host, and yet another one of its entries was pulled: engines never choose that by themselves. */
function forced({ evidence, claims, wants, pulled }: Foreign): Origin | null {
  const { published } = evidence;
  if (published.kind !== 'known' || published.value.kind !== 'index' || !tagOffersHost(evidence)) return null;
  if (refusalOfOffered(evidence)) return null;
  // What is pulled through an index is remembered by the index's digest.
  if (pulled !== published.value.digest) return null;
  const because = `the tag offers ${wants}, and yet ${claims} was pulled: somebody asked for that platform (--platform, DOCKER_DEFAULT_PLATFORM, \`platform:\` in a Compose file)`;
  return { kind: 'platform-forced', confidence: 'likely', because };
}

/** The tag has an image for the host now; what lies here is older. */
function stale({ evidence, claims, wants, pulled }: Foreign): Origin | null {
  if (pulled === null || evidence.published.kind !== 'known' || !tagOffersHost(evidence)) return null;
  if (refusalOfOffered(evidence) || pulled === evidence.published.value.digest) return null;
  const because = `the tag points to ${wants} now, the host still has the ${claims} image that it pulled before`;
  return { kind: 'stale-local-image', confidence: 'likely', because };
}

/** The same image has another name here, and under that name there is more of it. */
function droppedByMirror({ evidence, wants }: Foreign): Origin | null {
  const { upstream, instance } = evidence;
  if (upstream.kind !== 'known' || upstream.value === null || instance.kind !== 'known') return null;
  const offers = upstream.value.entries.some(
    (entry) => entry.platform && formatPlatform(entry.platform).startsWith(wants),
  );
  if (!offers) return null;
  const because = `${upstream.value.reference} has ${wants}, ${instance.value.imageReference} has not: what copied it took one platform only`;
  return { kind: 'mirror-dropped-platforms', confidence: 'likely', because };
}

const usableOf = ({ candidates }: InstanceEvidence): readonly RollbackCandidate[] =>
  candidates.kind === 'known' ? candidates.value.filter((each) => each.unusableBecause === null) : [];

/** An image that fits lies on the host without a name: the same tag pointed to it, until it was pushed anew. */
function overwritten({ evidence, claims, host }: Foreign): Origin | null {
  const earlier = evidence.candidates.kind === 'known' ? evidence.candidates.value : [];
  const fitted = earlier.find(({ hadTag, platform }) => hadTag && platform?.startsWith(formatPlatform(host.platform)));
  if (!fitted) return null;
  const because = `the same tag pointed to ${fitted.digest} (${fitted.platform}) before: a ${claims} image was pushed over it`;
  return { kind: 'tag-overwritten', confidence: 'likely', because };
}

/** An index of one platform only. */
function indexOfOne({ evidence, wants }: Foreign): Origin | null {
  const { published } = evidence;
  if (published.kind !== 'known' || published.value.kind !== 'index' || tagOffersHost(evidence)) return null;
  const platforms = new Set(published.value.entries.map(({ platform }) => platform && formatPlatform(platform)));
  const [only] = platforms;
  if (platforms.size !== 1 || !only || only === wants) return null;
  const because = `the tag is an index of ${only} alone: it was built and pushed for one platform`;
  return { kind: 'single-platform-push', confidence: 'likely', because };
}

/** The repository's other images are for several platforms; this push was of one. */
function pushedAlone({ evidence, claims }: Foreign): Origin | null {
  const { published, candidates } = evidence;
  if (published.kind !== 'known' || published.value.kind !== 'manifest' || candidates.kind !== 'known') return null;
  const index = candidates.value.find(({ kind }) => kind === 'index');
  if (!index) return null;
  const because = `${index.knownAs ?? index.digest} is an index of several platforms, this tag is a single ${claims} manifest: it was pushed by a plain docker push, or built with --load`;
  return { kind: 'single-platform-push', confidence: 'likely', because };
}

/** One manifest for one platform, and nothing that tells more. */
function builtElsewhere({ evidence, claims }: Foreign): Origin | null {
  const { published } = evidence;
  if (published.kind !== 'known' || published.value.kind !== 'manifest') return null;
  const [before] = usableOf(evidence);
  const was = before ? `, while ${before.knownAs ?? before.digest} before it was ${before.platform}` : '';
  const because = `the tag is a single ${claims} manifest${was}: the build ran on a machine of that architecture`;
  return { kind: 'built-on-other-arch', confidence: before ? 'likely' : 'possible', because };
}

/** How an image for another platform came to be here; the surest rule first. */
export function originOfForeignImage(evidence: InstanceEvidence): Origin | null {
  const { host, instance, localImage } = evidence;
  const claimed = claimedPlatform(evidence);
  if (host.kind !== 'known' || instance.kind !== 'known' || !claimed) return null;
  const repository = repositoryOf(instance.value.imageReference);
  const one: Foreign = {
    evidence,
    host: host.value,
    claims: formatPlatform(claimed),
    wants: formatPlatform(host.value.platform),
    pulled: localImage.kind === 'known' ? pulledDigest(localImage.value, repository) : null,
  };
  if (samePlatform(claimed, host.value.platform)) return null;
  const here = forced(one) ?? stale(one) ?? droppedByMirror(one);
  return (
    here ??
    originByBuild(evidence, claimed) ??
    overwritten(one) ??
    indexOfOne(one) ??
    pushedAlone(one) ??
    builtElsewhere(one)
  );
}
