import { atDigest } from '../image/image-name.ts';
import { formatPlatform, type Platform, samePlatform } from '../image/platform.ts';
import type { PublishedEntry, PublishedImage } from '../image/published.ts';
import { selectPlatform } from '../image/select-platform.ts';
import { type Answer, answerOf } from '../playbook/answer.ts';
import type { CheckWarning, ImageCheck, PlatformCheck } from '../playbook/image-check.ts';
import { judgePlatform } from '../playbook/judge-platform.ts';
import { isUnstated, type PlatformEvidence } from '../playbook/platform-evidence.ts';
import { warnOf } from '../playbook/warn-of.ts';
import { warnOfReference } from '../playbook/warn-of-reference.ts';
import type { ImageSource, OpenedImage } from '../ports/image-source.ts';
import { examineImage } from './examine-image.ts';
import { findSharedLayer, type OpenedPlatform, warnOfSharedPrograms } from './find-shared-layers.ts';
import { inTurns } from './in-turns.ts';

/** What shall be checked. */
export interface CheckRequest {
  /** As a person named it; shown. */
  readonly image: string;
  /** As the source knows it. */
  readonly reference: string;
  /** Null for every platform that is published. */
  readonly platforms: readonly Platform[] | null;
  /** Without `platforms`, those that must be there beside what is published: what its service is meant for. */
  readonly meant?: readonly Platform[];
  /** Whether others pull it by a tag that can be overwritten; not so by digest, or out of a file. */
  readonly moves: boolean;
}

export interface CheckDeps {
  readonly images: ImageSource;
  /** Told what is being done, for a person who waits. */
  readonly progress: (doing: string) => void;
}

/** An index with more entries than that is no image's. */
const MOST_ENTRIES = 100;
const AT_ONCE = 4;

/** An entry of the reference that was looked at. */
interface Entry {
  readonly entry: PublishedEntry;
  /** What the index says, else the image itself. */
  readonly platform: Platform;
  readonly opened: Answer<OpenedImage>;
}

interface Judged {
  readonly check: PlatformCheck;
  readonly warnings: readonly CheckWarning[];
  readonly opened: OpenedPlatform | null;
}

/**
 * Checks what a reference publishes: that the wanted platforms are there, that metadata and contents agree, and that each
 * image would start on a plain host of its platform. Never rejects but for defects: what cannot be read is told.
 */
export async function checkImage(deps: CheckDeps, request: CheckRequest, signal: AbortSignal): Promise<ImageCheck> {
  deps.progress(`resolving ${request.image}`);
  const published = await deps.images.resolve(request.reference, signal);
  const { image } = request;
  const unread = { image, digest: null, kind: null, pass: null, platforms: [], warnings: [] };
  if (published.kind === 'probe-failed') return { ...unread, error: published.why };
  if (published.value.entries.length > MOST_ENTRIES) {
    const message = `its index has ${published.value.entries.length} images; more than ${MOST_ENTRIES} are not looked at.`;
    return { ...unread, error: { code: 'too-large', target: image, message } };
  }
  return checkPublished(deps, request, published.value, signal);
}

async function checkPublished(
  deps: CheckDeps,
  request: CheckRequest,
  published: PublishedImage,
  signal: AbortSignal,
): Promise<ImageCheck> {
  const entries = await inTurns(published.entries, AT_ONCE, (entry) => openEntry(deps, request, entry, signal));
  const all = entries.flatMap(({ platform, opened }) =>
    opened.kind === 'known' ? [{ platform, image: opened.value }] : [],
  );
  const asked = request.platforms ?? (request.meant ?? []).filter((platform) => entryFor(entries, platform) === null);
  const every = request.platforms === null ? entries : [];
  const wanted = [...every.map(({ platform }) => platform), ...asked];
  const subjects = [...every, ...asked.map((platform) => choose(published, entries, platform))];
  const judged = await inTurns(wanted, AT_ONCE, async (platform, at) => {
    deps.progress(`starting ${formatPlatform(platform)} in the kernel model`);
    return judgeEntry(published, entries, all, platform, subjects[at] ?? null);
  });
  const platforms = judged.map(({ check }) => check);
  deps.progress('comparing the platforms’ layers');
  const blamed = new Set(platforms.flatMap(({ sharedLayer }) => (sharedLayer === null ? [] : [sharedLayer.digest])));
  const looked = judged.flatMap(({ opened }) => (opened ? [opened] : []));
  const warnings = [
    ...warnOfReference(request.moves, published, platforms),
    ...judged.flatMap((each) => each.warnings),
    ...(await warnOfSharedPrograms(looked, blamed)),
  ];
  const { digest, kind } = published;
  return { image: request.image, digest, kind, pass: passOf(platforms), platforms, warnings, error: null };
}

async function openEntry(
  { images, progress }: CheckDeps,
  request: CheckRequest,
  entry: PublishedEntry,
  signal: AbortSignal,
): Promise<Entry> {
  const unknown: Platform = { os: 'unknown', architecture: 'unknown', variant: null };
  progress(`opening ${entry.platform ? formatPlatform(entry.platform) : entry.digest}`);
  const reference = atDigest(request.reference, entry.digest);
  const opened = await images.open(reference, entry.platform ?? unknown, signal);
  const claimed = opened.kind === 'known' ? opened.value.config.platform : unknown;
  return { entry, opened, platform: entry.platform ?? claimed };
}

/** What a runtime on that platform would take: a manifest whatever it says; of an index the best entry of that architecture. */
function choose(published: PublishedImage, entries: readonly Entry[], platform: Platform): Entry | null {
  return published.kind === 'manifest' ? (entries[0] ?? null) : entryFor(entries, platform);
}

function entryFor(entries: readonly Entry[], platform: Platform): Entry | null {
  const taken = selectPlatform(entries, platform);
  return taken !== null && samePlatform(taken.platform, platform) ? taken : null;
}

async function judgeEntry(
  published: PublishedImage,
  entries: readonly Entry[],
  all: readonly OpenedPlatform[],
  platform: Platform,
  subject: Entry | null,
): Promise<Judged> {
  const { kind } = published;
  const shared = {
    platform,
    kind,
    published: entries.map((each) => (isUnstated(each.platform) ? null : each.platform)),
  };
  if (subject === null) {
    const check = judgePlatform({ ...shared, digest: null, stated: null, image: null });
    return { check, warnings: [], opened: null };
  }
  const { opened, entry } = subject;
  const evidence: PlatformEvidence = {
    ...shared,
    digest: entry.digest,
    stated: kind === 'index' ? entry.platform : null,
    image: opened.kind === 'known' ? { kind: 'known', value: await examineImage(opened.value, platform) } : opened,
  };
  const here = opened.kind === 'known' ? { platform, image: opened.value } : null;
  const complete = here === null ? evidence : await addSharedLayer(evidence, here, all);
  const check = judgePlatform(complete);
  return { check, warnings: warnOf(complete, check), opened: here };
}

/** Looks whose layer the culprit came with, once it is known who the culprit is. */
async function addSharedLayer(
  evidence: PlatformEvidence,
  here: OpenedPlatform,
  all: readonly OpenedPlatform[],
): Promise<PlatformEvidence> {
  const { image } = evidence;
  if (image?.kind !== 'known' || image.value.execution?.kind !== 'known') return evidence;
  const execution = image.value.execution.value;
  if (execution.kind !== 'executed') return evidence;
  const found = await answerOf(() => findSharedLayer(here, all, judgePlatform(evidence)));
  const sharedLayer = found.kind === 'known' ? found.value : null;
  const known = { kind: 'known', value: { ...execution, sharedLayer } } as const;
  return { ...evidence, image: { kind: 'known', value: { ...image.value, execution: known } } };
}

/** One that fails is a failure, whatever else could not be read; a guard that judged nothing must not let pass. */
function passOf(platforms: readonly PlatformCheck[]): boolean | null {
  if (platforms.some(({ pass }) => pass === false)) return false;
  if (platforms.some(({ error }) => error !== null)) return null;
  return platforms.some(({ pass }) => pass === true) ? true : null;
}
