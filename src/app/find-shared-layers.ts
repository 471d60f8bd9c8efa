import { formatPlatform, type Platform } from '../image/platform.ts';
import { runsArchitecture } from '../kernel/machines.ts';
import type { FaultCode } from '../kernel/outcome.ts';
import { answerOf, type ProbeFailure } from '../playbook/answer.ts';
import type { CheckWarning, SharedLayer } from '../playbook/image-check.ts';
import type { LayerProgram, OpenedImage } from '../ports/image-source.ts';
import { physicalPath } from './examine-image.ts';

/** An image of the reference that was opened, and what it is published as. */
export interface OpenedPlatform {
  readonly platform: Platform;
  readonly image: OpenedImage;
}

/** Faults of a file that is for another architecture: only those can come of a layer that was put into two images. */
const FOREIGN: readonly FaultCode[] = [
  'wrong-arch-binary',
  'wrong-platform-image',
  'interpreter-wrong-arch',
  'loader-wrong-arch',
];
const NAMED = 3;

/** The layer that the culprit lies in, when images for other architectures have it too; else null. Rejects with ProbeError. */
export async function findSharedLayer(
  here: OpenedPlatform,
  all: readonly OpenedPlatform[],
  { fault, culprit }: { readonly fault: FaultCode | null; readonly culprit: string | null },
): Promise<SharedLayer | null> {
  const { byLayer, files, config, layers } = here.image;
  if (!byLayer || culprit === null || fault === null || !FOREIGN.includes(fault)) return null;
  const sharers = (digest: string) => all.filter((place) => isOther(place, here) && has(place.image, digest));
  if (!layers.some((digest) => sharers(digest).length > 0)) return null;
  const path = await physicalPath(files, culprit, config.workingDir);
  const digest = path === null ? null : await byLayer.layerOf(path);
  if (digest === null) return null;
  const others = sharers(digest);
  return others.length === 0 ? null : { digest, with: names(others) };
}

/**
 * Programs in layers that images for different architectures share: they cannot fit all of those. They are not what is
 * executed first, so they are a warning, and a layer that cannot be read spoils no judgement. Layers that are `blamed`
 * already are left out.
 */
export async function warnOfSharedPrograms(
  all: readonly OpenedPlatform[],
  blamed: ReadonlySet<string>,
): Promise<readonly CheckWarning[]> {
  const warnings: CheckWarning[] = [];
  for (const digest of new Set(all.flatMap(({ image }) => image.layers))) {
    const having = all.filter(({ image }) => has(image, digest));
    const view = having[0]?.image.byLayer;
    if (!view || blamed.has(digest) || !differ(having)) continue;
    const programs = await answerOf(() => view.programsIn(digest));
    const warning = programs.kind === 'known' ? warnOf(digest, having, programs.value) : unlooked(digest, programs.why);
    if (warning !== null) warnings.push(warning);
  }
  return warnings;
}

/** Another image, for another architecture. One manifest that is tried on two platforms shares nothing with itself. */
const isOther = (place: OpenedPlatform, here: OpenedPlatform) =>
  place.image !== here.image &&
  place.platform.os === here.platform.os &&
  place.platform.architecture !== here.platform.architecture;
const differ = (places: readonly OpenedPlatform[]) =>
  places.some((here) => places.some((place) => isOther(place, here)));
const has = (image: OpenedImage, digest: string) => image.layers.includes(digest);
const names = (places: readonly OpenedPlatform[]) => [
  ...new Set(places.map(({ platform }) => formatPlatform(platform))),
];

function fits({ architecture }: LayerProgram, platform: Platform): boolean {
  if (architecture === null || platform.os !== 'linux') return true;
  return runsArchitecture(platform.architecture, null, architecture);
}

function unlooked(digest: string, why: ProbeFailure): CheckWarning {
  const message = `Whether the layer ${digest.slice(0, 19)}… that they share holds programs was not looked at: ${why.message}`;
  return { code: 'shared-programs', platform: null, message };
}

function warnOf(
  digest: string,
  having: readonly OpenedPlatform[],
  programs: readonly LayerProgram[],
): CheckWarning | null {
  const foreignTo = (platform: Platform) => programs.filter((program) => !fits(program, platform));
  const useless = having.filter(({ platform }) => foreignTo(platform).length > 0);
  if (useless.length === 0) return null;
  const all = [...new Set(useless.flatMap(({ platform }) => foreignTo(platform)))];
  const named = all.slice(0, NAMED).map(({ path, architecture }) => `${path} (${architecture})`);
  const more = all.length > NAMED ? ` and ${all.length - NAMED} more` : '';
  const where = names(useless).join(', ');
  const message = `The layer ${digest.slice(0, 19)}… is the same in ${names(having).join(', ')} and holds ${named.join(', ')}${more}: no use on ${where}.`;
  return { code: 'shared-programs', platform: null, message };
}
