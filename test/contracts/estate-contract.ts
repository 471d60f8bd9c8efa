import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lstat, readAt, runOverRemote } from '../../src/kernel/file-tree.ts';
import type { Answer } from '../../src/playbook/answer.ts';
import type { Place } from '../../src/playbook/place.ts';
import type { Estate } from '../../src/ports/estate.ts';

/** An estate with one instance that was started from an image for another architecture and keeps restarting. */
export interface EstateUnderTest {
  readonly estate: Estate;
  /** The name that a responder types, and where its one instance is. */
  readonly name: string;
  readonly place: Place;
  /** A place of the same estate where nothing is. */
  readonly nowhere: Place;
  readonly argv: readonly string[];
  /** As the instance's configuration names it, the repository in it, and the platform it is for. */
  readonly imageReference: string;
  readonly repository: string;
  readonly imageArchitecture: string;
  readonly hostArchitecture: string;
  /** Stands in the instance's environment. */
  readonly canary: string;
  close(): Promise<void>;
}

/** The value of an answer that must be known. */
export function knownValue<T>(answer: Answer<T>): T {
  if (answer.kind !== 'known') throw new Error(`${answer.why.code}: ${answer.why.message}`);
  return answer.value;
}

/** What every estate does, whatever it is. */
export function estateContract(title: string, open: () => Promise<EstateUnderTest>): void {
  describe(`${title} as an estate`, () => {
    let test: EstateUnderTest;
    const answers: unknown[] = [];
    const signal = new AbortController().signal;
    const ask = async <T>(question: Promise<Answer<T>>): Promise<T> => {
      const answer = await question;
      answers.push(answer);
      return knownValue(answer);
    };
    beforeAll(async () => {
      test = await open();
    });
    afterAll(() => test?.close());

    it('finds an instance by its exact name only', async () => {
      expect(await ask(test.estate.find(test.name, signal))).toEqual([test.place]);
      expect(await ask(test.estate.find(test.name.slice(0, -1), signal))).toEqual([]);
      expect(await ask(test.estate.names(signal))).toContain(test.name);
    });

    it('tells how an instance is configured and fares', async () => {
      const facts = await ask(test.estate.inspect(test.place, signal));
      expect(facts.place).toEqual(test.place);
      expect(facts.argv).toEqual(test.argv);
      expect(facts.imageReference).toBe(test.imageReference);
      expect(facts.path).toContain('/bin');
      expect(facts.state.startedAt).toMatch(/^20\d\d-/);
      expect(facts.managedBy).toBeNull();
    });

    it('tells that nothing is there', async () => {
      const answer = await test.estate.inspect(test.nowhere, signal);
      expect(answer).toMatchObject({ kind: 'probe-failed', why: { code: 'not-found' } });
    });

    it('tells the platform of the host', async () => {
      const host = await ask(test.estate.host(test.place, signal));
      expect(host.platform).toMatchObject({ os: 'linux', architecture: test.hostArchitecture });
      expect(host.kernel).toMatchObject({ os: 'linux', arch: test.hostArchitecture });
      expect(host.kernel.kernel).toMatch(/^\d+\.\d+$/);
      expect(host.engine).toMatch(/\d/);
      expect(host.runtime).not.toBe('');
    });

    it('tells the image of an instance and the others of its repository', async () => {
      const { imageId } = await ask(test.estate.inspect(test.place, signal));
      const image = await ask(test.estate.localImage(test.place, imageId, signal));
      expect(image).toMatchObject({ id: imageId, platform: { os: 'linux', architecture: test.imageArchitecture } });
      const images = await ask(test.estate.localImages(test.place, test.repository, signal));
      expect(images.map(({ id }) => id)).toContain(imageId);
      expect(await ask(test.estate.localImages(test.place, `${test.repository}-other`, signal))).toEqual([]);
    });

    it('gives the end of the log', async () => {
      const { lines } = await ask(test.estate.log(test.place, 50, signal));
      expect(lines.join('\n')).toContain('exec format error');
      expect((await ask(test.estate.log(test.place, 1, signal))).lines).toHaveLength(1);
    });

    it('reads the files of an instance that does not run', async () => {
      const files = test.estate.files(test.place, signal);
      const program = test.argv[0]!;
      expect(await runOverRemote(files, lstat(program))).toMatchObject({ kind: 'file', mode: 0o755, uid: 0, gid: 0 });
      const head = await runOverRemote(files, readAt(program, 0, 4));
      expect(Buffer.from(head).toString('latin1')).toBe('\x7fELF');
      expect(await runOverRemote(files, lstat('/no/such/file'))).toBeNull();
      expect(await runOverRemote(files, lstat('/'))).toMatchObject({ kind: 'directory' });
    });

    it('ends when it is told to', async () => {
      const answer = await test.estate.inspect(test.place, AbortSignal.abort());
      expect(answer).toMatchObject({ kind: 'probe-failed', why: { code: 'timeout' } });
    });

    it('never gives a value of the environment away', () => {
      expect(answers.length).toBeGreaterThan(8);
      expect(JSON.stringify(answers)).not.toContain(test.canary);
    });
  });
}
