import type { IncomingMessage, ServerResponse } from 'node:http';
import { applyFault, type CiFault, createFaults } from '../ci/faults.ts';
import { listen, type TlsPair } from '../ci/listen.ts';
import { send, unauthorized } from './reply.ts';
import { answer, type Token } from './routes.ts';
import {
  createPipeline,
  createWorld,
  isOver,
  type JobScript,
  type Pipeline,
  type Project,
  type Runner,
  statusOf,
  step,
} from './world.ts';

/** A call that was made, without its token. */
export interface SeenCall {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly token: boolean;
  readonly body: string;
}

/** A local GitLab with the part of its REST API v4 that builds are read and started with. */
export interface GitlabServer {
  readonly url: string;
  /** May do all that a Maintainer may. */
  readonly token: string;
  readonly calls: readonly SeenCall[];
  addToken(set: Partial<Token> & Pick<Token, 'value'>): string;
  addRunner(set: Pick<Runner, 'description' | 'tags' | 'architecture'>): Runner;
  addProject(path: string, script: readonly JobScript[], set?: Partial<Project>): Project;
  /** A pipeline that a push to a branch or tag started. */
  push(project: Project, ref: string, sha: string): Pipeline;
  /** Every job that can goes one state further. */
  step(times?: number): void;
  /** Steps until the pipeline is over, waits for a person, or for a runner that is not there. */
  settle(pipeline: Pipeline): string;
  /** Of the next call (after `skip` others) whose `METHOD /path` matches. */
  fault(match: RegExp, fault: CiFault, skip?: number): void;
  close(): Promise<void>;
}

export interface GitlabServerOptions {
  readonly tls?: TlsPair;
  readonly now?: () => Date;
  /** False: a GitLab before 17.1, whose jobs do not tell their machine. */
  readonly newer?: boolean;
}

const TOKEN = 'glpat-stand-in-maintainer-token';

/** Starts a GitLab on a free loopback port. */
export async function startGitlab(options: GitlabServerOptions = {}): Promise<GitlabServer> {
  const world = createWorld(options.now ?? (() => new Date()));
  const faults = createFaults();
  const calls: SeenCall[] = [];
  const tokens: Token[] = [];
  let origin = '';
  const gitlab = { origin: () => origin, world, newer: options.newer ?? true };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', origin);
    const method = request.method ?? '';
    const body = await textOf(request);
    const given = tokenOf(request);
    calls.push({ method, path: url.pathname + url.search, token: given !== null, body });
    const fault = faults.next(`${method} ${url.pathname}`);
    if (applyFault(fault, 'before', request, response)) return;
    // What is no part of the API is the page, and that wants a person to sign in.
    if (!url.pathname.startsWith('/api/v4/'))
      return void response.writeHead(302, { location: `${origin}/users/sign_in` }).end();
    const token = tokens.find(({ value }) => value === given) ?? null;
    const parts = url.pathname.slice('/api/v4/'.length).split('/').map(decodeURIComponent);
    const reply =
      given !== null && token === null
        ? unauthorized
        : answer(gitlab, { method, url, parts, body: objectOf(body), token });
    if (!applyFault(fault, 'after', request, response)) send(response, reply);
  };
  const server = await listen(
    (request, response) => void handle(request, response).catch(() => response.destroy()),
    options.tls,
  );
  origin = server.origin;
  tokens.push({ value: TOKEN, scope: 'api', role: 'maintainer', user: 'execfmt-bot', projects: [] });
  const all = () => world.projects.map(({ path }) => path);

  return {
    url: origin,
    token: TOKEN,
    calls,
    addToken: (set) => {
      tokens.push({ scope: 'api', role: 'developer', user: set.value, projects: all(), ...set });
      return set.value;
    },
    addRunner: (set) => {
      const runner = { id: world.serial(), platform: 'linux', ...set };
      world.runners.push(runner);
      return runner;
    },
    addProject: (path, script, set = {}) => {
      const usual = {
        defaultBranch: 'main',
        refs: new Map([['main', 'f'.repeat(40)]]),
        defaults: {},
        allowsVariables: true,
      };
      const project: Project = { id: world.serial(), path, script, pipelines: [], ...usual, ...set };
      world.projects.push(project);
      tokens.splice(0, 1, { ...tokens[0]!, projects: all() });
      return project;
    },
    push: (project, ref, sha) => {
      project.refs.set(ref, sha);
      return createPipeline(world, project, { ref, sha, source: 'push', user: 'anna', variables: [] });
    },
    step: (times = 1) => {
      for (let time = 0; time < times; time++) step(world);
    },
    settle: (pipeline) => {
      const states = () => pipeline.jobs.map(({ status }) => status).join();
      for (let before = ''; before !== states() && !isOver(statusOf(pipeline)); ) {
        before = states();
        step(world);
      }
      return statusOf(pipeline);
    },
    fault: (match, fault, skip) => faults.add(match, fault, skip),
    close: () => server.close(),
  };
}

function tokenOf({ headers }: IncomingMessage): string | null {
  const header = headers['private-token'];
  if (typeof header === 'string') return header;
  return /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? null;
}

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString();
}

function objectOf(body: string): Record<string, unknown> {
  return body === '' ? {} : (JSON.parse(body) as Record<string, unknown>);
}
