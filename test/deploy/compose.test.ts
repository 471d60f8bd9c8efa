import { execFile } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/parse-config.ts';
import { goProgram } from '../lab/go-program.ts';
import { goPath } from '../lab/kubernetes/fetch-go.ts';
import { createScratchFolder, removeLabFolder } from '../lab/lab-folder.ts';
import { suite } from '../lab/requirements.ts';

const run = promisify(execFile);

const BUILD_MS = 1_200_000;
const COMPOSE = resolve(import.meta.dirname, '../../deploy/compose');
/** Docker's own reader of Compose files, as a program. */
const READER = { path: 'github.com/compose-spec/compose-go/v2/cmd', version: 'v2.9.1', cachedAs: 'compose-go' };
const SOCKET = '/var/run/docker.sock';

interface Service {
  readonly user?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly ports?: readonly { readonly host_ip?: string }[];
  readonly networks: Readonly<Record<string, unknown>>;
  readonly volumes: readonly { readonly source: string; readonly target: string }[];
  readonly depends_on?: Readonly<Record<string, unknown>>;
  readonly profiles?: readonly string[];
  readonly group_add?: readonly string[];
}

interface Project {
  readonly services: { readonly execfmt: Service; readonly engine: Service };
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>;
}

suite('the Compose files', ['go'], () => {
  let folder: string;
  let reader: string;
  beforeAll(async () => {
    reader = (await goProgram(READER, await goPath())) ?? '';
    folder = createScratchFolder('compose');
    cpSync(COMPOSE, folder, { recursive: true });
    writeFileSync(join(folder, '.env'), '');
  }, BUILD_MS);
  afterAll(() => removeLabFolder(folder));

  /** What Docker makes of the files. Variables stay as they are written: the reader alone knows none. */
  async function read(...files: readonly string[]): Promise<Project> {
    const { stdout } = await run(reader, ['-no-interpolation', '-format', 'json', ...files], { cwd: folder });
    return JSON.parse(stdout) as Project;
  }
  const mountsSocket = ({ volumes }: Service) => volumes.some(({ target }) => target === SOCKET);

  it.each(['execfmt', 'engine'] as const)('keep the service %s as small as it goes', async (name) => {
    const service = (await read('compose.yaml')).services[name];
    expect(service).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      mem_limit: expect.any(String),
      pids_limit: expect.any(Number),
    });
    expect(service.ports?.map(({ host_ip }) => host_ip) ?? []).toEqual(name === 'execfmt' ? ['127.0.0.1'] : []);
  });

  it('give execfmt no socket: the proxy has it, on a network with no way out', async () => {
    const { services, networks } = await read('compose.yaml');
    expect(services.execfmt.user).toBe('1000:1000');
    expect(mountsSocket(services.execfmt)).toBe(false);
    expect(services.execfmt.group_add).toBeUndefined();
    expect(mountsSocket(services.engine)).toBe(true);
    expect(Object.keys(services.engine.networks)).toEqual(['engine']);
    expect(networks.engine?.internal).toBe(true);
    const sources = services.engine.volumes.map(({ source }) => source);
    expect(sources).toContain(join(folder, 'read-only-engine.cfg'));
  });

  it('give it the socket, and start no proxy, only with the second file', async () => {
    const { services } = await read('compose.yaml', 'compose.changes.yaml');
    expect(mountsSocket(services.execfmt)).toBe(true);
    expect(services.execfmt.depends_on).toBeUndefined();
    expect(services.execfmt.read_only).toBe(true);
    expect(services.engine.profiles).toEqual(['never']);
  });

  it('are refused by the reader when a key is misspelt', async () => {
    const wrong = readFileSync(join(COMPOSE, 'compose.yaml'), 'utf8').replace('cap_drop', 'cap_drops');
    writeFileSync(join(folder, 'wrong.yaml'), wrong);
    await expect(read('wrong.yaml')).rejects.toThrow('cap_drops');
  });

  it('come with a configuration that execfmt takes and that uses the proxy', () => {
    const parsed = parseConfig(readFileSync(join(COMPOSE, 'execfmt.example.yaml'), 'utf8'), 'execfmt.yaml');
    expect(parsed).toMatchObject({ ok: true, config: { hosts: [{ name: 'this-host', docker: 'tcp://engine:2375' }] } });
  });
});
