import { type Answer, answerOf, failed, known } from '../playbook/answer.ts';
import type { BlastRadius, FailingStart, Radius } from '../playbook/blast-radius.ts';
import { repositoryOf } from '../playbook/instance-evidence.ts';
import type { OtherStart } from '../playbook/other-workloads.ts';
import type { Place } from '../playbook/place.ts';
import type { Estate, OtherWorkloads } from '../ports/estate.ts';
import type { ImageSource } from '../ports/image-source.ts';
import { inTurns } from './in-turns.ts';
import { judgeOther } from './judge-other.ts';
import { rememberImages } from './remember-images.ts';

/** Different images of one cluster that are read in a run, and how many of them at the same time. */
const IMAGES_CAP = 100;
const AT_ONCE = 8;

/** A look at what else would fail, while it goes on. */
export interface BlastRadiusSearch {
  /** Resolves when everything was looked at, or the signal has aborted. Rejects for defects only. */
  readonly done: Promise<void>;
  /** What is known by now, a cluster each. */
  soFar(): readonly BlastRadius[];
}

/** What the run is about: its own workloads are no others, and its repositories are looked at first. */
export interface Around {
  readonly places: readonly Place[];
  readonly repositories: readonly string[];
}

/** Starts to look, on all estates that schedule workloads, for those whose image would fail on a node that they may come to stand on. */
export function gatherBlastRadius(estates: Iterable<Estate>, around: Around, signal: AbortSignal): BlastRadiusSearch {
  const searches = [...estates].flatMap((estate) => (estate.others ? [searchOne(estate, around, signal)] : []));
  return {
    done: Promise.all(searches.map(({ done }) => done)).then(() => {}),
    soFar: () => searches.map(({ soFar }) => soFar()),
  };
}

type Start = OtherWorkloads['starts'][number];

function searchOne(estate: Estate, { places, repositories }: Around, signal: AbortSignal) {
  const { name, command } = estate;
  let radius: Answer<Progress> = failed('timeout', name, 'its workloads were not listed in the time that there was.');
  const own = new Set(places.flatMap((place) => (place.kind === 'kubernetes' ? [ownName(place)] : [])));
  const isOther = (one: { namespace: string; workload: string }) =>
    !own.has(`${name}/${one.namespace}/${one.workload}`);
  return { done: search(), soFar: (): BlastRadius => ({ estate: name, cli: command, found: summarise(radius) }) };

  async function search(): Promise<void> {
    const listed = await estate.others?.(signal);
    if (!listed || signal.aborted) return;
    if (listed.kind === 'probe-failed') {
      radius = listed;
      return;
    }
    const starts = listed.value.starts
      .map((start) => ({ ...start, workloads: start.workloads.filter(isOther) }))
      .filter(({ workloads }) => workloads.length > 0)
      .sort(byNearness(repositories));
    const progress = newProgress(starts, listed.value.unseen);
    radius = known(progress);
    const remembered = new Map<ImageSource, ImageSource>();
    await inTurns(withinCap(starts), AT_ONCE, async (start, at) => {
      if (signal.aborted) return;
      const judged = await answerOf(async () => judgeOther(start, remember(remembered, await start.images()), signal));
      if (signal.aborted) return;
      progress.looked.set(at, start);
      if (judged.kind === 'probe-failed') progress.unread.set(at, `${judged.why.target}: ${judged.why.message}`);
      else {
        progress.failing.set(at, judged.value.failing);
        if (judged.value.unread !== null) progress.unread.set(at, judged.value.unread);
      }
    });
  }
}

const ownName = ({ cluster, namespace, workload }: Extract<Place, { kind: 'kubernetes' }>) =>
  `${cluster}/${namespace}/${workload}`;

/** The same repository first, then what most workloads have. */
function byNearness(repositories: readonly string[]) {
  const distance = ({ image }: OtherStart) => (repositories.includes(repositoryOf(image)) ? 0 : 1);
  return (a: OtherStart, b: OtherStart) => distance(a) - distance(b) || b.workloads.length - a.workloads.length;
}

/** The starts of the first so many images. */
function withinCap(starts: readonly Start[]): readonly Start[] {
  const images = new Set<string>();
  return starts.filter(({ image }) => images.has(image) || (images.size < IMAGES_CAP && Boolean(images.add(image))));
}

/** One image is read once, whoever starts it. */
function remember(remembered: Map<ImageSource, ImageSource>, source: ImageSource): ImageSource {
  const known = remembered.get(source) ?? rememberImages(source);
  remembered.set(source, known);
  return known;
}

/** What was looked at so far; by the position of the start, so that the order is that of nearness. */
interface Progress {
  readonly starts: readonly OtherStart[];
  readonly looked: Map<number, OtherStart>;
  readonly failing: Map<number, readonly FailingStart[]>;
  readonly unread: Map<number, string>;
  readonly unseen: Radius['unseen'];
}

const newProgress = (starts: readonly OtherStart[], unseen: Radius['unseen']): Progress => ({
  starts,
  looked: new Map(),
  failing: new Map(),
  unread: new Map(),
  unseen,
});

function summarise(radius: Answer<Progress>): Answer<Radius> {
  if (radius.kind === 'probe-failed') return radius;
  const { starts, looked, failing, unread, unseen } = radius.value;
  const all = namesOf(starts);
  const seen = namesOf([...looked.values()]);
  const reasons = [...unread].sort(([a], [b]) => a - b);
  const [first] = reasons;
  const inVain = reasons.flatMap(([at]) => looked.get(at) ?? []);
  return known({
    failing: [...failing].sort(([a], [b]) => a - b).flatMap(([, list]) => list),
    workloads: all.size,
    skipped: all.size - seen.size,
    unread: first ? { workloads: namesOf(inVain).size, why: first[1] } : null,
    unseen,
  });
}

const namesOf = (starts: readonly OtherStart[]): ReadonlySet<string> =>
  new Set(starts.flatMap(({ workloads }) => workloads.map(({ namespace, workload }) => `${namespace}/${workload}`)));
