import type Docker from 'dockerode';
import { answerOf } from '../../../src/playbook/answer.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { Estate } from '../../../src/ports/estate.ts';
import { createContainerTree } from './container-tree.ts';
import { containerAt } from './docker-place.ts';
import { createEngine } from './engine.ts';
import { findInstances, listNames } from './find-instances.ts';
import { readHostFacts } from './host-facts.ts';
import { instanceFacts } from './inspect-instance.ts';
import { readLocalImage, readLocalImages } from './local-images.ts';
import { noexecVolumesOf } from './mounts.ts';
import { readChanges } from './read-changes.ts';
import { readContainer } from './read-container.ts';
import { readHistory } from './read-history.ts';
import { readLog } from './read-log.ts';

/** Each question to the engine; a diagnosis is of no use when it comes late. */
const DEADLINE_MS = 10_000;

/** What is needed to read from one Docker host. `deadlineMs` is for each single question. */
export interface DockerEstateOptions {
  readonly name: string;
  readonly practice: boolean;
  /** How a person reaches it on the command line; `docker` when not given. */
  readonly command?: string;
  readonly client: Docker;
  readonly clock: Clock;
  readonly deadlineMs?: number;
}

/** One Docker host, read only: nothing is created, started or left behind there. */
export function createDockerEstate(options: DockerEstateOptions): Estate {
  const { name, client, clock, practice } = options;
  const engine = createEngine({ name, client, clock, deadlineMs: options.deadlineMs ?? DEADLINE_MS });
  return {
    name,
    kind: 'docker',
    command: options.command ?? 'docker',
    practice,
    filesFrom: 'container',
    find: (wanted, signal) => answerOf(() => findInstances(engine, name, wanted, signal)),
    names: (signal) => answerOf(() => listNames(engine, signal)),
    inspect: (place, signal) =>
      answerOf(async () => {
        const document = await readContainer(engine, containerAt(name, place), signal);
        return instanceFacts(place, document, await noexecVolumesOf(engine, document, signal));
      }),
    host: (place, signal) => answerOf(() => readHostFacts(engine, containerAt(name, place), signal)),
    localImage: (_place, imageId, signal) => answerOf(() => readLocalImage(engine, imageId, signal)),
    localImages: (_place, repository, signal) => answerOf(() => readLocalImages(engine, repository, signal)),
    log: (place, lines, signal) => answerOf(() => readLog(engine, containerAt(name, place), lines, signal)),
    earlierRuns: (place, signal) => answerOf(() => readHistory(engine, containerAt(name, place), signal)),
    changed: (place, signal) => answerOf(() => readChanges(engine, containerAt(name, place), signal)),
    files: (place, signal) => createContainerTree(engine, containerAt(name, place), signal),
  };
}
