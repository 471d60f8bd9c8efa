import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Platform } from '../../src/image/platform.ts';
import type { IntentReply } from '../../src/ports/application.ts';
import type { Card } from '../../src/view/card.ts';
import { startRegistry, type TestRegistry } from '../servers/registry/start-registry.ts';
import { file, program, pushIndex } from './check-stage.ts';
import { AMD64 } from './memory-images.ts';
import { type Stage, type StageOptions, startStage } from './practice-stage.ts';

let stage: Stage;
const begin = async (options: StageOptions = {}) => {
  stage = await startStage(options);
  return stage;
};
afterEach(() => stage.stop());

const cardOf = (reply: IntentReply): Card => {
  if (reply.kind !== 'private') throw new Error(`no private answer: ${JSON.stringify(reply)}`);
  return reply.card;
};
const ask = async (text: string) => cardOf(await stage.ask('eve', text));
const textOf = (card: Card) => JSON.stringify(card);
/** The commands that a card's buttons give. */
const offered = (card: Card) => card.buttons.map(({ press }) => press.subject);
/** Presses a button of a private card. */
const press = (person: string, card: Card, label: string) => {
  const button = card.buttons.find((one) => one.label === label);
  if (!button) throw new Error(`no button ${label}: ${card.buttons.map((one) => one.label).join(', ')}`);
  return stage.application.handle({
    by: { id: `web:${person}`, name: person },
    conversation: { chat: 'web', id: 'page' },
    delivery: randomUUID(),
    what: { kind: 'press', press: button.press },
  });
};

describe('suggestions', () => {
  it.each([
    ['staus', 'status'],
    ['lits', 'list'],
    ['pdf-rendrer', 'pdf-renderer'],
    ['pdf-rendrer on practice-01', 'pdf-renderer on practice-01'],
    ['pdf-renderer on practice-1', 'pdf-renderer on practice-01'],
    ['chek app:v3', 'check app:v3'],
  ])('answers %j with a button for %j', async (typed, meant) => {
    await begin();
    const card = await ask(typed);
    expect(offered(card)).toContain(meant);
    expect(card.fallback).toContain(`/execfmt ${meant}`);
  });

  it('does by the button what was meant', async () => {
    const { application } = await begin();
    const reply = await press('eve', await ask('pdf-rendrer'), 'pdf-renderer');
    expect(reply).toMatchObject({ kind: 'run', joined: false });
    if (reply.kind === 'run') await application.diagnosed(reply.run);
  });
});

describe('status', () => {
  it('says that nothing is under way, and how the latest ended', async () => {
    const { diagnose } = await begin();
    expect(textOf(await ask('status'))).toContain('Nothing is under way.');
    const run = await diagnose('eve');
    expect(textOf(await ask('status'))).toMatch(new RegExp(`wrong-platform-image · run ${run} · \\d+ s ago`));
  });

  it('tells what waits for approval, from whom, since when', async () => {
    const { diagnose, press: pressIn } = await begin({ policy: { required: 2 } });
    const run = await diagnose('eve');
    await pressIn('eve', run, 'propose');
    await pressIn('ada', run, 'approve');
    const card = await ask('status');
    expect(card.tone).toBe('decision');
    for (const part of [run, 'Waits for approval (1 of 2) by web:ada, web:grace', 'asked by eve in the page'])
      expect(textOf(card)).toContain(part);
    expect(card.fallback).toContain('1 waits for approval');
  });
});

describe('list', () => {
  it('tells services with where they run and who may approve, then what the hosts have', async () => {
    await begin();
    const card = await ask('list');
    for (const part of [
      'pdf-renderer · pdf-renderer on practice-01',
      'may approve (1 needed): web:ada, web:grace',
      'practice-01 (Docker host, practice): pdf-renderer',
    ])
      expect(textOf(card)).toContain(part);
    expect(offered(card)).toEqual(['diagnose pdf-renderer']);
  });

  it('says which host is silent, and that nobody may approve', async () => {
    await begin({
      configure: (config) => ({
        ...config,
        hosts: config.hosts.map((host) => ({ ...host, docker: 'tcp://127.0.0.1:1' })),
        services: config.services.map((service) => ({ ...service, approvals: null })),
      }),
    });
    const card = await ask('list');
    expect(textOf(card)).toContain('practice-01 (Docker host, practice) did not answer');
    expect(textOf(card)).toContain('diagnosis only: nobody may approve');
    expect(card.tone).toBe('unknown');
  });
});

describe('runs by their id', () => {
  it('diagnoses again what a run looked at, however its id is written', async () => {
    const { diagnose, application, ask: askRaw } = await begin();
    const run = await diagnose('eve');
    const again = await askRaw('eve', `again ${run.slice(2).toUpperCase()}`);
    if (again.kind !== 'run') throw new Error(textOf(cardOf(again)));
    expect(again.run).not.toBe(run);
    await application.diagnosed(again.run);
    expect((await application.state(again.run))?.target).toBe('pdf-renderer');
  });

  it('suggests the run whose id is spelt nearly so', async () => {
    const { diagnose } = await begin();
    const run = await diagnose('eve');
    const typo = `${run.slice(0, -1)}${run.endsWith('x') ? 'y' : 'x'}`;
    const card = await ask(`transcript ${typo}`);
    expect(textOf(card)).toContain(`Did you mean ${run} (pdf-renderer)?`);
    expect(offered(card)).toEqual([`transcript ${run}`]);
  });

  it('takes the name of a target for a question about its runs', async () => {
    const { diagnose } = await begin();
    const run = await diagnose('eve');
    expect(offered(await ask('again pdf-renderer'))).toEqual([`again ${run}`]);
  });

  it.each(['again', 'transcript'])('asks which run is meant by a bare %s', async (command) => {
    const { diagnose } = await begin();
    expect(textOf(await ask(command))).toContain('There are no runs yet');
    const run = await diagnose('eve');
    expect(offered(await ask(command))).toEqual([`${command} ${run}`]);
  });

  it('tells where the transcript is when the chat takes no files', async () => {
    const { diagnose } = await begin({ configure: (config) => ({ ...config, publicUrl: 'https://execfmt.corp.io' }) });
    const run = await diagnose('eve');
    expect(textOf(await ask(`transcript ${run}`))).toContain(`https://execfmt.corp.io/runs/${run}`);
  });

  it('tells the terminal’s way when the page has no address', async () => {
    const { diagnose } = await begin();
    const run = await diagnose('eve');
    expect(textOf(await ask(`transcript ${run}`))).toContain(`execfmt transcript ${run}`);
  });
});

describe('check', () => {
  let registry: TestRegistry;
  /** What the service of the tests is meant for. */
  const meant: Platform[] = [];
  beforeEach(async () => {
    registry = await startRegistry();
    const plain = { host: registry.host, plainHttp: true };
    const image = `${registry.host}/team/render`;
    await begin({
      configure: (config) => ({
        ...config,
        registries: [...config.registries, { ...config.registries[0]!, ...plain }],
        services: config.services.map((service) => ({ ...service, image, platforms: meant })),
      }),
    });
  });
  afterEach(() => {
    meant.splice(0);
    return registry.stop();
  });

  const render = (architecture: 'amd64' | 'arm64') => [file('app/render', program(architecture))];
  const push = (tag: string, wrong: boolean) =>
    pushIndex(registry, tag, [
      { config: 'linux/amd64', layers: [render(wrong ? 'arm64' : 'amd64')] },
      { config: 'linux/arm64', layers: [render('arm64')] },
    ]);

  it('tells each platform, its fault and its culprit, and what a pipeline would get', async () => {
    await push('v3', true);
    const card = await ask(`check ${registry.host}/team/render:v3`);
    expect(card.title).toBe(`Fails: ${registry.host}/team/render:v3`);
    for (const part of [
      '1 of 2 platforms would not run.',
      '✗ linux/amd64 fails (wrong-arch-binary, /app/render)',
      '✓ linux/arm64 passes: /app/render',
      'with status 1',
    ])
      expect(textOf(card)).toContain(part);
    expect(offered(card)).toEqual([`check ${registry.host}/team/render:v3`]);
  });

  it('takes a service’s name for its repository, and platforms', async () => {
    await push('v2', false);
    const card = await ask('check pdf-renderer:v2 linux/amd64 linux/s390x');
    expect(textOf(card)).toContain('✓ linux/amd64 passes');
    expect(textOf(card)).toContain('✗ linux/s390x is missing (platform-missing-from-index)');
    expect(textOf(card)).not.toContain('linux/arm64 passes');
  });

  it('misses what the service is meant for, by the service’s name or its repository’s', async () => {
    meant.push(AMD64, { os: 'linux', architecture: 's390x', variant: null });
    await push('v2', false);
    for (const typed of ['pdf-renderer:v2', `${registry.host}/team/render:v2`]) {
      const card = await ask(`check ${typed}`);
      expect(card.title).toBe(`Fails: ${registry.host}/team/render:v2`);
      for (const part of [
        '1 of 3 platforms would not run.',
        '✓ linux/amd64 passes',
        '✓ linux/arm64 passes',
        '✗ linux/s390x is missing (platform-missing-from-index)',
        `execfmt check ${registry.host}/team/render:v2 --platform linux/amd64 --platform linux/arm64 --platform linux/s390x`,
        'with status 1',
      ])
        expect(textOf(card)).toContain(part);
      expect(offered(card)).toEqual([`check ${registry.host}/team/render:v2`]);
    }
    // What is typed counts alone.
    expect((await ask('check pdf-renderer:v2 linux/amd64')).tone).toBe('ok');
  });

  it('passes what would run everywhere', async () => {
    await push('v2', false);
    const card = await ask(`check ${registry.host}/team/render:v2`);
    expect(card.tone).toBe('ok');
    expect(textOf(card)).toContain('2 of 2 platforms would run');
    expect(textOf(card)).toContain('with status 0');
  });

  it('says what could not be read', async () => {
    const card = await ask(`check ${registry.host}/team/render:none`);
    expect(card.tone).toBe('unknown');
    expect(textOf(card)).toContain('It could not be read');
    expect(textOf(card)).toContain('with status 3');
  });

  it.each([
    ['docker-archive:/etc/passwd', 'only images in registries'],
    ['dir:/etc', 'only images in registries'],
    ['docker-daemon:app', 'only images in registries'],
    ['corp.io/UPPER', 'no image reference'],
  ])('reads no %s', async (image, why) => expect(textOf(await ask(`check ${image}`))).toContain(why));
});
