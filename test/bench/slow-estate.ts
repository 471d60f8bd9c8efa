import type { FileTree } from '../../src/kernel/file-tree.ts';
import { type Answer, failed } from '../../src/playbook/answer.ts';
import type { Place } from '../../src/playbook/place.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Estate } from '../../src/ports/estate.ts';

/** What a real host answered, by what it was asked; every stand-in for it gives the same. */
export type Remembered = Map<string, Promise<unknown>>;

/** What the real host answers, asked once for all of them. */
type Ask = <T>(key: string, make: () => Promise<T>) => Promise<T>;

/** A stand-in for one of many hosts like `real`: each answer comes `ms` milliseconds after its question. */
export function slowEstate(real: Estate, name: string, ms: number, clock: Clock, remembered: Remembered): Estate {
  const ask: Ask = <T>(key: string, make: () => Promise<T>): Promise<T> => {
    const known = (remembered.get(key) as Promise<T> | undefined) ?? make();
    remembered.set(key, known);
    return known;
  };
  const after = async <T>(key: string, signal: AbortSignal, make: () => Promise<T>): Promise<T> => {
    const known = ask(key, make);
    await clock.sleep(ms, signal);
    return known;
  };
  const there = (place: Place): Place => (place.kind === 'docker' ? { ...place, host: real.name } : place);
  const here = (answer: Answer<readonly Place[]>): Answer<readonly Place[]> =>
    answer.kind === 'known'
      ? { ...answer, value: answer.value.map((place) => (place.kind === 'docker' ? { ...place, host: name } : place)) }
      : answer;
  // What outlives the first host that asks must not end with its signal.
  const never = clock.lifetime().signal;
  return {
    name,
    kind: real.kind,
    command: real.command,
    practice: real.practice,
    filesFrom: real.filesFrom,
    find: async (target, signal) => here(await after(`find ${target}`, signal, () => real.find(target, never))),
    names: (signal) => after('names', signal, () => real.names(never)),
    inspect: (place, signal) => after('inspect', signal, () => real.inspect(there(place), never)),
    host: (place, signal) => after('host', signal, () => real.host(there(place), never)),
    localImage: (place, id, signal) => after(`image ${id}`, signal, () => real.localImage(there(place), id, never)),
    localImages: (place, repository, signal) =>
      after(`images ${repository}`, signal, () => real.localImages(there(place), repository, never)),
    log: (place, lines, signal) => after(`log ${lines}`, signal, () => real.log(there(place), lines, never)),
    files: (place, signal) => slowFiles(real.files(there(place), never), ask, () => clock.sleep(ms, signal)),
  };
}

/** As with a real engine, one question brings what stands at a path and the file's beginning; the next look costs nothing. */
function slowFiles(tree: FileTree, ask: Ask, delay: () => Promise<void>): FileTree {
  const asked = new Map<string, Promise<void>>();
  const fetched = (path: string) => {
    const known = asked.get(path) ?? delay();
    asked.set(path, known);
    return known;
  };
  return {
    lstat: async (path) => {
      await fetched(path);
      return ask(`lstat ${path}`, () => tree.lstat(path));
    },
    read: async (path, offset, length) => {
      await fetched(path);
      return ask(`read ${path} ${offset}+${length}`, () => tree.read(path, offset, length));
    },
  };
}

/** A host that takes the question and never answers; its callers are told so when their signal aborts. */
export function hangingEstate(real: Estate, name: string): Estate {
  const hang = (signal: AbortSignal) =>
    new Promise<Answer<never>>((resolve) => {
      const end = () => resolve(failed('timeout', name, 'it did not answer in time'));
      if (signal.aborted) end();
      signal.addEventListener('abort', end, { once: true });
    });
  const last = (...args: readonly unknown[]) => hang(args.at(-1) as AbortSignal);
  const { kind, command, practice, filesFrom } = real;
  const asked = { find: last, names: last, inspect: last, host: last, localImage: last, localImages: last };
  return {
    name,
    kind,
    command,
    practice,
    filesFrom,
    ...asked,
    log: last,

    files: (...args) => real.files(...args),
  };
}
