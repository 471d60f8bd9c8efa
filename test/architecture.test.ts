import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');

/** What each folder of the core may import; nothing else, and never an adapter. The wiring (main, cli) may import all. */
const ALLOWED: Record<string, readonly string[]> = {
  kernel: [],
  image: ['kernel'],
  playbook: ['kernel', 'image'],
  approval: ['kernel', 'image', 'playbook'],
  run: ['kernel', 'image', 'playbook', 'approval'],
  view: ['kernel', 'image', 'playbook', 'approval', 'run'],
  ports: ['kernel', 'image', 'playbook', 'run', 'approval', 'view'],
  config: ['kernel', 'image', 'playbook', 'approval'],
  app: ['kernel', 'image', 'playbook', 'run', 'approval', 'view', 'ports', 'config'],
};
const WIRING = ['main.ts', 'cli'];

/** Libraries without I/O that the core may use. */
const CORE_LIBRARIES: Record<string, readonly string[]> = { config: ['zod', 'yaml'] };

/** Each vendor's library is imported in one folder. */
const VENDORS: Record<string, string> = {
  '@slack/': 'adapters/chat/slack',
  botbuilder: 'adapters/chat/teams',
  '@microsoft/': 'adapters/chat/teams',
  dockerode: 'adapters/estate/docker',
  '@kubernetes/': 'adapters/estate/kubernetes',
  hono: 'adapters/chat/web',
  '@hono/': 'adapters/chat/web',
  'tar-stream': 'adapters/',
  '@dbos-inc/': 'adapters/durable/dbos',
  kysely: 'adapters/journal/postgres',
  'prom-client': 'adapters/telemetry/prometheus',
  '@opentelemetry/': 'adapters/telemetry/otlp',
};

function sourcesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .map((name) => join(folder, name));
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(/^\s*(?:import|export)\b[^'"`;]*?from\s+['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm)]
    .map((match) => match[1] ?? match[2] ?? '')
    .concat([...text.matchAll(/^\s*import\s+['"]([^'"]+)['"]/gm)].map((match) => match[1] ?? ''));
}

const target = (file: string, specifier: string) => relative(root, resolve(root, dirname(file), specifier));

/** Folders of adapters that hold one folder for each vendor; the other adapters are one folder. */
const KINDS = ['chat', 'estate', 'registry', 'pipeline', 'metrics', 'journal', 'durable', 'telemetry'];

/** `adapters/chat/slack/x.ts` → `adapters/chat/slack`, `adapters/practice/x.ts` → `adapters/practice`. */
const adapterOf = (path: string) =>
  path
    .split('/')
    .slice(0, KINDS.includes(path.split('/')[1] ?? '') ? 3 : 2)
    .join('/');

/** What adapters may share, each one technique and no vendor: the core is all that it knows (docs/adr/0015). */
const SHARED = ['adapters/http', 'adapters/sqlite'];

/** Why a file of an adapter may not import another file; null when it may. */
function refuseImport(file: string, path: string): string | null {
  const [top = '', folder = ''] = path.split('/');
  if (top === 'src') return WIRING.includes(folder) ? 'adapters never import the wiring' : null;
  const [from, to] = [adapterOf(file), adapterOf(path)];
  if (from === to) return null;
  if (SHARED.includes(from)) return 'what adapters share knows none of them';
  return SHARED.includes(to) ? null : 'adapters never import each other';
}

describe('the import rule', () => {
  const core = sourcesBelow('src').filter((file) => !WIRING.includes(file.split('/')[1] ?? ''));

  it('sees the sources', () => expect(core.length).toBeGreaterThan(20));

  it.each(core)('%s imports only what its folder may', (file) => {
    const folder = file.split('/')[1] ?? '';
    for (const specifier of importsOf(file)) {
      if (!specifier.startsWith('.')) {
        expect(CORE_LIBRARIES[folder] ?? [], `${specifier} in the core`).toContain(specifier);
        continue;
      }
      const [top, into] = target(file, specifier).split('/');
      expect(top).toBe('src');
      if (into !== folder) expect(ALLOWED[folder] ?? [], `${folder} → ${into}`).toContain(into);
    }
  });

  it.each(sourcesBelow('adapters'))('%s stays in its own folder, what adapters share, and the core', (file) => {
    for (const specifier of importsOf(file).filter((name) => name.startsWith('.'))) {
      const path = target(file, specifier);
      expect(refuseImport(file, path), `${file} → ${path}`).toBeNull();
    }
  });

  it.each([
    ['adapters/pipeline/gitlab/client.ts', 'adapters/pipeline/gitlab/paths.ts', true],
    ['adapters/pipeline/gitlab/client.ts', 'adapters/http/exchange.ts', true],
    ['adapters/http/exchange.ts', 'adapters/http/reply.ts', true],
    ['adapters/http/exchange.ts', 'src/ports/clock.ts', true],
    ['adapters/http/exchange.ts', 'adapters/pipeline/gitlab/client.ts', false],
    ['adapters/http/exchange.ts', 'adapters/system/clock.ts', false],
    ['adapters/http/exchange.ts', 'src/cli/compose.ts', false],
    ['adapters/pipeline/gitlab/client.ts', 'adapters/pipeline/github/client.ts', false],
    ['adapters/pipeline/gitlab/client.ts', 'adapters/system/clock.ts', false],
    ['adapters/pipeline/gitlab/client.ts', 'src/main.ts', false],
  ])('lets %s import %s: %s', (file, path, may) => {
    expect(refuseImport(file, path) === null).toBe(may);
  });

  it.each(SHARED)('%s is one folder, has no vendors below it, and is used by more than one adapter', (folder) => {
    expect(KINDS).not.toContain(folder.split('/')[1]);
    const users = sourcesBelow('adapters').filter((file) =>
      importsOf(file).some((specifier) => specifier.startsWith('.') && adapterOf(target(file, specifier)) === folder),
    );
    expect(new Set(users.map(adapterOf).filter((user) => user !== folder)).size).toBeGreaterThan(1);
  });

  it.each([...core, ...sourcesBelow('adapters')])('%s imports a vendor only in the vendor’s folder', (file) => {
    for (const specifier of importsOf(file)) {
      for (const [vendor, folder] of Object.entries(VENDORS)) {
        if (specifier.startsWith(vendor)) expect(file.startsWith(folder), `${specifier} in ${file}`).toBe(true);
      }
    }
  });
});

describe('the size rule', () => {
  it.each([...sourcesBelow('src'), ...sourcesBelow('adapters')])('%s has at most 300 lines', (file) => {
    expect(readFileSync(join(root, file), 'utf8').split('\n').length).toBeLessThanOrEqual(301);
  });
});
