import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { applyFault, type CiFault, createFaults } from '../ci/faults.ts';
import { listen, type TlsPair } from '../ci/listen.ts';
import { refuse, send } from './reply.ts';
import { answer, type Token } from './routes.ts';
import { createRun, createWorld, type Repository, type Run, type Runner, step, type Workflow } from './world.ts';

/** A call that was made, without its token. */
export interface SeenCall {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly token: boolean;
  readonly body: string;
}

/** A local GitHub with the part of its REST API that workflow runs are read and started with, and its storage of logs. */
export interface GithubServer {
  /** Of the API. */
  readonly url: string;
  /** May read and start all, and see runners. */
  readonly token: string;
  readonly calls: readonly SeenCall[];
  /** Calls to the storage. */
  readonly downloads: readonly SeenCall[];
  addToken(set: Partial<Token> & Pick<Token, 'value'>): string;
  addRunner(set: Pick<Runner, 'name' | 'labels' | 'architecture'> & Partial<Runner>): Runner;
  addRepository(path: string, workflows: readonly (Partial<Workflow> & Pick<Workflow, 'file' | 'jobs'>)[]): Repository;
  /** A run that a push to a branch or tag started, of the first workflow. */
  push(repository: Repository, branch: string, sha: string): Run;
  /** Every job that can goes one state further. */
  step(times?: number): void;
  /** Of the next call (after `skip` others) whose `METHOD /path` matches, to the API or the storage. */
  fault(match: RegExp, fault: CiFault, skip?: number): void;
  /** Where the storage is said to be from now on; null: where it is. */
  pointStorageAt(url: string | null): void;
  close(): Promise<void>;
}

export interface GithubServerOptions {
  readonly tls?: TlsPair;
  readonly now?: () => Date;
  /** `/api/v3` of an Enterprise Server. */
  readonly prefix?: string;
  readonly tellsRuns?: boolean;
  readonly appearsAfter?: number;
}

const TOKEN = 'github_pat_stand_in_administrator_token';

/** Starts a GitHub on free loopback ports. */
export async function startGithub(options: GithubServerOptions = {}): Promise<GithubServer> {
  const world = createWorld(options.now ?? (() => new Date()));
  const faults = createFaults();
  const [calls, downloads]: [SeenCall[], SeenCall[]] = [[], []];
  const tokens: Token[] = [{ value: TOKEN, actions: 'write', administration: true, repositories: [] }];
  const signed = new Map<string, number>();
  const prefix = options.prefix ?? '';
  let origin = '';
  let storageAt: string | null = null;
  const jobs = () => world.repositories.flatMap(({ runs }) => runs).flatMap((run) => run.jobs);

  const storage = await listen((request, response) => {
    const { method = '', url = '/' } = request;
    const hasToken = request.headers.authorization !== undefined;
    downloads.push({ method, path: url, token: hasToken, body: '' });
    if (applyFault(faults.next(`${method} ${url}`), 'before', request, response)) return;
    // A signed address and an Authorization header together are refused, as Azure's storage does.
    if (hasToken) return void response.writeHead(400).end('InvalidAuthenticationInfo');
    const job = jobs().find(({ id }) => id === signed.get(url));
    if (!job) return void response.writeHead(403).end('AuthenticationFailed');
    response.writeHead(200, { 'content-type': 'text/plain' }).end(job.log);
  }, options.tls);
  const github = {
    world,
    origin: () => origin,
    tellsRuns: options.tellsRuns ?? true,
    appearsAfter: options.appearsAfter ?? 0,
    logUrl: (job: number) => {
      const path = `/logs/${job}?sig=${randomUUID()}`;
      signed.set(path, job);
      return `${storageAt ?? storage.origin}${path}`;
    },
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', origin);
    const method = request.method ?? '';
    const body = await textOf(request);
    const given = /^(?:Bearer|token) (.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? null;
    calls.push({ method, path: url.pathname + url.search, token: given !== null, body });
    const fault = faults.next(`${method} ${url.pathname}`);
    if (applyFault(fault, 'before', request, response)) return;
    const reply = () => {
      if (!request.headers['user-agent']) return refuse(403, 'Request forbidden by administrative rules.');
      const version = request.headers['x-github-api-version'] ?? '2022-11-28';
      if (version !== '2022-11-28') return refuse(400, 'The requested API version is not supported.');
      const token = tokens.find(({ value }) => value === given) ?? null;
      if (given !== null && token === null) return refuse(401, 'Bad credentials');
      if (!url.pathname.startsWith(`${prefix}/`)) return refuse(404, 'Not Found');
      const parts = url.pathname
        .slice(prefix.length + 1)
        .split('/')
        .map(decodeURIComponent);
      return answer(github, { method, url, parts, body: objectOf(body), token });
    };
    const answered = reply();
    if (!applyFault(fault, 'after', request, response)) send(response, answered);
  };
  const server = await listen(
    (request, response) => void handle(request, response).catch(() => response.destroy()),
    options.tls,
  );
  origin = server.origin;
  const all = () => world.repositories.map(({ path }) => path);

  return {
    url: `${origin}${prefix}`,
    token: TOKEN,
    calls,
    downloads,
    addToken: (set) => {
      tokens.push({ actions: 'read', administration: false, repositories: all(), ...set });
      return set.value;
    },
    addRunner: (set) => {
      const runner = { id: world.serial(), group: 'Default', os: 'Linux', ...set };
      world.runners.push(runner);
      return runner;
    },
    addRepository: (path, workflows) => {
      const usual = { inputs: null, runName: null, state: 'active' };
      const repository: Repository = {
        id: world.serial(),
        path,
        defaultBranch: 'main',
        refs: new Map([['main', 'f'.repeat(40)]]),
        workflows: workflows.map((set) => ({ ...usual, id: world.serial(), name: set.file, ...set })),
        runs: [],
      };
      world.repositories.push(repository);
      tokens.splice(0, 1, { ...tokens[0]!, repositories: all() });
      return repository;
    },
    push: (repository, branch, sha) => {
      repository.refs.set(branch, sha);
      const workflow = repository.workflows[0]!;
      const inputs = Object.fromEntries(
        Object.entries(workflow.inputs ?? {}).map(([name, input]) => [name, input.default ?? '']),
      );
      return createRun(world, repository, { workflow, branch, sha, event: 'push', inputs, hidden: 0 });
    },
    step: (times = 1) => {
      for (let time = 0; time < times; time++) step(world);
    },
    fault: (match, fault, skip) => faults.add(match, fault, skip),
    pointStorageAt: (url) => {
      storageAt = url;
    },
    close: async () => {
      await Promise.all([server.close(), storage.close()]);
    },
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString();
}

function objectOf(body: string): Record<string, unknown> {
  return body === '' ? {} : (JSON.parse(body) as Record<string, unknown>);
}
