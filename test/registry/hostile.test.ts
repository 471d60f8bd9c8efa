import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { imageOf, layerOf } from '../servers/registry/build-image.ts';
import { startRegistry } from '../servers/registry/start-registry.ts';
import { type HostileCase, type HostileCases, reference, type Stage } from './hostile/hostile-case.ts';
import { HOSTILE_CASES } from './hostile/hostile-cases.ts';
import { expectFailure, expectKnown, hurriedClock, never, sourceFor } from './open-source.ts';

const DOCUMENT = resolve(import.meta.dirname, '../../docs/hostile-registries.md');
const LOGIN = { username: 'bot', password: 'hunter2' };
/** What the limits allow, and what lies in the buffers of sockets when we hang up. */
const MOST_SENT = 32 * 1024 ** 2;

/** Long enough to come as far as a case goes; whatever else is to happen has time, however busy the machine is. */
const SHORT_MS = 700;
const LONG_MS = 15_000;

let stage: Stage;
async function setTheStage(deadline: number): Promise<void> {
  const registry = await startRegistry({ auth: 'basic', ...LOGIN });
  const image = imageOf('linux/amd64', [await layerOf([{ name: 'a', content: 'x' }])]);
  registry.push('x', image, 'v1');
  const deadlines = { request: deadline, list: deadline, layer: deadline };
  const source = sourceFor(registry.host, LOGIN, { clock: hurriedClock(), deadlines });
  stage = { registry, other: await startRegistry(), image, source, signal: never };
}

describe.each(HOSTILE_CASES)('$about: a registry that', ({ cases }) => {
  afterEach(async () => {
    await stage.registry.stop();
    await stage.other.stop();
  });

  it.each(cases)('$does', async ({ set, ask, result, check }) => {
    await setTheStage('code' in result && result.code === 'timeout' ? SHORT_MS : LONG_MS);
    set(stage);
    const answer = await (ask ?? ((on) => on.source.resolve(reference(on), on.signal)))(stage);
    if ('code' in result) {
      const why = expectFailure(answer);
      expect(why).toMatchObject({ code: result.code, message: expect.stringContaining(result.says) });
      expect(why.message.length).toBeLessThan(2000);
      expect(why.message).not.toContain(LOGIN.password);
    } else {
      expect(result.holds(expectKnown(answer)), result.known).toBe(true);
    }
    check?.(stage);
    expect(stage.registry.bytesSent()).toBeLessThan(MOST_SENT);
  });
});

describe('docs/hostile-registries.md', () => {
  it('has the cases above with their results (write it anew: vitest run test/registry/hostile.test.ts -u)', async () => {
    const [before = '', , after = ''] = (await readFile(DOCUMENT, 'utf8')).split(
      /(<!-- cases -->\n.*<!-- end of cases -->)/s,
    );
    const written = `${before}<!-- cases -->\n${HOSTILE_CASES.map(sectionOf).join('\n')}<!-- end of cases -->${after}`;
    await expect(written).toMatchFileSnapshot(DOCUMENT);
  });

  it('names no case twice', () => {
    const names = HOSTILE_CASES.flatMap(({ cases }) => cases.map(({ does }) => does));
    expect(new Set(names).size).toBe(names.length);
  });
});

function sectionOf({ about, cases }: HostileCases): string {
  const rows = cases.map((one) => `| ${one.does} | ${resultOf(one)} |\n`).join('');
  return `## ${about}\n\n| The registry … | Result |\n| --- | --- |\n${rows}`;
}

function resultOf({ result }: HostileCase): string {
  return 'code' in result ? `\`${result.code}\`: “… ${result.says} …”` : `no failure: ${result.known}`;
}
