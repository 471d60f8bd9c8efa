import { type FileTree, readAt, runOverRemote, type TreeProgram } from '../kernel/file-tree.ts';
import { ROOT } from '../kernel/permissions.ts';
import { resolvePath } from '../kernel/resolve-path.ts';
import { type Answer, answerOf, failed } from '../playbook/answer.ts';
import type { HostFacts, InstanceFacts } from '../playbook/evidence.ts';
import type { ExecutionEvidence, PristineEvidence } from '../playbook/instance-evidence.ts';
import type { Place } from '../playbook/place.ts';
import type { Estate } from '../ports/estate.ts';
import type { OpenedImage } from '../ports/image-source.ts';
import { predictStart } from './predict-start.ts';

/** What is needed to compare an instance's files with those of its image. */
export interface Pristine {
  readonly estate: Estate;
  readonly place: Place;
  readonly signal: AbortSignal;
  readonly host: Promise<Answer<HostFacts>>;
  readonly instance: Promise<Answer<InstanceFacts>>;
  readonly image: Promise<Answer<OpenedImage>>;
  readonly execution: Promise<Answer<ExecutionEvidence>>;
}

/** Enough to tell a half-unpacked or overwritten file from the whole one: sizes are compared too. */
const COMPARED = 64 * 1024;

/**
 * The image as it was published, started in the same way on the same host, and whether the file that is refused is the same in
 * both. Reads layers, so only where the instance's own files are refused and it is an image for that host.
 */
export async function gatherPristine(of: Pristine): Promise<Answer<PristineEvidence>> {
  const [host, instance, execution, image] = [await of.host, await of.instance, await of.execution, await of.image];
  if (host.kind === 'probe-failed') return host;
  if (instance.kind === 'probe-failed') return instance;
  if (execution.kind === 'probe-failed') return execution;
  if (image.kind === 'probe-failed') return image;
  if (of.estate.filesFrom !== 'container') {
    return failed(
      'unsupported',
      of.place.container,
      'its files were read from the registry: there is nothing to compare',
    );
  }
  const { outcome } = execution.value;
  if (outcome.outcome === 'runs') return failed('unsupported', of.place.container, 'its own files would be executed');
  if (image.value.config.platform.architecture !== host.value.platform.architecture) {
    return failed('unsupported', of.place.container, 'the image is for another platform');
  }
  const start = await startIn(image.value.files, host.value, instance.value);
  if (start.kind === 'probe-failed') return start;
  const sameFile = await sameIn(
    of.estate.files(of.place, of.signal),
    image.value.files,
    instance.value,
    outcome.culprit,
  );
  const changedInContainer = await changed(of, outcome.culprit);
  const layer = sameFile === false ? await layerOf(image.value, instance.value, outcome.culprit) : null;
  return {
    kind: 'known',
    value: { outcome: start.value, sameFile, changedInContainer, ...(layer !== null && { layer }) },
  };
}

/** Where in the published image the file stands that a name leads to there. */
async function layerOf(
  { files, layers, byLayer }: OpenedImage,
  { workingDir }: InstanceFacts,
  name: string | null,
): Promise<number | null> {
  if (name === null || byLayer === undefined) return null;
  const found = await answerOf(async () => {
    const file = await runOverRemote(files, resolvePath(name, workingDir || '/', ROOT));
    return file.found ? byLayer.layerOf(file.path) : null;
  });
  const at = found.kind === 'known' && found.value !== null ? layers.indexOf(found.value) : -1;
  return at < 0 ? null : at;
}

const startIn = (files: FileTree, host: HostFacts, instance: InstanceFacts) =>
  answerOf(() => predictStart(files, host, instance));

/** Null when one of them cannot be read. */
async function sameIn(
  node: FileTree,
  image: FileTree,
  { workingDir }: InstanceFacts,
  name: string | null,
): Promise<boolean | null> {
  if (name === null) return null;
  const both = await answerOf(() =>
    Promise.all([node, image].map((tree) => runOverRemote(tree, fingerprint(name, workingDir || '/')))),
  );
  if (both.kind === 'probe-failed') return null;
  const [here, there] = both.value;
  return here === there;
}

/** Kind, size and beginning of what a name leads to, as one text. */
function* fingerprint(name: string, cwd: string): TreeProgram<string> {
  const found = yield* resolvePath(name, cwd, ROOT);
  if (!found.found) return found.errno;
  const { kind, size, mode } = found.entry;
  const head = kind === 'file' ? yield* readAt(found.path, 0, Math.min(COMPARED, size)) : new Uint8Array();
  return `${kind} ${size} ${mode} ${head.join()}`;
}

/** Whether the container itself wrote the file, by the engine's own list of what differs from the image. */
async function changed({ estate, place, signal }: Pristine, name: string | null): Promise<boolean | null> {
  if (name === null || !estate.changed) return null;
  const paths = await estate.changed(place, signal);
  return paths.kind === 'known' ? paths.value.includes(name) : null;
}
