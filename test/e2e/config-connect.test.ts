import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Practice, startPractice } from '../../adapters/practice/start-practice.ts';
import { type FakeApiServer, fakeApiServer } from '../estate/kubernetes/fake-api-server.ts';
import { type GitlabServer, startGitlab } from '../servers/gitlab/start-gitlab.ts';
import { startRegistry, type TestRegistry } from '../servers/registry/start-registry.ts';
import { type SlackServer, startSlack } from '../servers/slack/start-slack.ts';
import { startTeams, type TeamsServer } from '../servers/teams/start-teams.ts';
import { runExecfmt } from './run-execfmt.ts';

interface Row {
  readonly kind: string;
  readonly name: string;
  readonly state: string;
  readonly detail: string;
  readonly lacks: readonly string[];
}

const PASSWORD = 'the-registry-password';

describe('config check --connect', { timeout: 60_000 }, () => {
  let practice: Practice;
  let slack: SlackServer;
  let teams: TeamsServer;
  let gitlab: GitlabServer;
  let cluster: FakeApiServer;
  let registry: TestRegistry;
  let silent: Server;
  let folder: string;
  let forbidden: readonly string[] = [];

  beforeAll(async () => {
    [practice, slack, teams, gitlab] = await Promise.all([startPractice(), startSlack(), startTeams(), startGitlab()]);
    registry = await startRegistry({ auth: 'token', username: 'bot', password: PASSWORD });
    gitlab.addProject('docs/pdf-renderer', []);
    cluster = await fakeApiServer(({ path, body }) => {
      if (path === '/version') return { body: { gitVersion: 'v1.34.2' } };
      const { resource, verb } = JSON.parse(body).spec.resourceAttributes;
      return { status: 201, body: { status: { allowed: !forbidden.includes(`${verb} ${resource}`) } } };
    });
    cluster.estate();
    silent = createServer();
    await new Promise<void>((done) => silent.listen(0, '127.0.0.1', done));
    folder = mkdtempSync(join(tmpdir(), 'execfmt-connect-'));
    writeFileSync(join(folder, 'password'), `${PASSWORD}\r\n`);
  }, 60_000);

  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    silent.close();
    await Promise.all([
      practice.stop(),
      slack.close(),
      teams.close(),
      gitlab.close(),
      cluster.close(),
      registry.stop(),
    ]);
  });

  const works = () =>
    [
      `hosts: { practice-01: { docker: "${practice.engine}" } }`,
      `clusters: { prod: { kubeconfig: "${join(cluster.folder, 'config')}", namespaces: [docs] } }`,
      `registries: { "${registry.host}": { plainHttp: true, username: bot, passwordFile: password } }`,
      `ci: { corp: { gitlab: "${gitlab.url}", tokenEnv: CI_TOKEN }, other: { github: "http://127.0.0.1:1", tokenEnv: NONE } }`,
      `metrics: { app: { scrape: "${practice.metrics}" } }`,
      'services:',
      '  pdf-renderer: { targets: [{ cluster: prod, namespace: docs, workload: deployment/x }], rebuild: { ci: corp, project: docs/pdf-renderer }, approvals: all }',
      'approvals: { all: { approvers: ["slack:U1"] } }',
      'chat: { slack: {}, teams: {} }',
      'store: "sqlite:./data/runs.db"',
    ].join('\n');
  const environment = (): Record<string, string> => ({
    CI_TOKEN: gitlab.token,
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_APP_TOKEN: slack.appToken,
    SLACK_API_URL: slack.apiUrl,
    MicrosoftAppId: teams.appId,
    MicrosoftAppPassword: teams.password,
    MicrosoftAppTenantId: teams.tenant,
    ToChannelFromBotLoginUrl: teams.loginUrl,
  });

  async function check(yaml: string, env: Record<string, string>, ...more: string[]) {
    const file = join(folder, 'execfmt.yaml');
    writeFileSync(file, `${yaml}\n`);
    const done = await runExecfmt(['config', 'check', '--connect', '--config', file, ...more], { env });
    const secrets = [PASSWORD, gitlab.token, slack.botToken, slack.appToken, teams.password];
    for (const secret of secrets) expect(done.stdout + done.stderr).not.toContain(secret);
    return done;
  }
  async function rows(yaml: string, env: Record<string, string>) {
    const { status, stdout } = await check(yaml, env, '--json');
    const { ok, connections } = JSON.parse(stdout) as { ok: boolean; connections: Row[] };
    expect(ok).toBe(status === 0);
    return { status, connections, of: (name: string) => connections.find((row) => row.name === name) };
  }

  it('prints a table of what works, and ends with 0 when all does', async () => {
    const { status, stdout } = await check(works(), environment());
    expect(stdout).toContain('All 9 work.');
    expect(status).toBe(0);
    for (const part of [
      /^works +store +sqlite .*will be made/m,
      /^works +chat +slack .*Socket Mode/m,
      /^works +chat +teams .*token/m,
      /^works +ci +corp .*docs\/pdf-renderer with its token/m,
      /^works +ci +other .*not used/m,
      /^works +metrics +app /m,
      /^works +host +practice-01 .*engine .*linux\/amd64/m,
      /^works +cluster +prod .*v1\.34\.2/m,
      /^works +registry +127\.0\.0\.1:\d+ .*takes the login/m,
    ])
      expect(stdout).toMatch(part);
  });

  it('names missing permissions and scopes, and ends with 1', async () => {
    forbidden = ['patch deployments', 'list nodes'];
    slack.removeScope('users:read');
    const { status, of } = await rows(works(), environment());
    expect(status).toBe(1);
    expect(of('prod')).toMatchObject({ state: 'lacks', lacks: ['list nodes', 'patch deployments in docs'] });
    expect(of('slack')).toMatchObject({ state: 'lacks', lacks: [expect.stringContaining('scope users:read')] });
    expect(of('teams')).toMatchObject({ state: 'works', lacks: [] });
    forbidden = [];
  });

  it('says of each thing that does not work why, and tries the rest', async () => {
    const yaml = works()
      .replace(practice.engine, `tcp://127.0.0.1:${(silent.address() as { port: number }).port}`)
      .replace('passwordFile: password', 'passwordFile: not-there')
      .replace(practice.metrics, 'http://127.0.0.1:1/metrics')
      .replace('./data/runs.db', './file/runs.db');
    writeFileSync(join(folder, 'file'), 'a file where a folder should be');
    const wrong = { CI_TOKEN: 'glpat-wrong', SLACK_BOT_TOKEN: 'xoxb-wrong', MicrosoftAppPassword: 'wrong' };
    const { status, of } = await rows(yaml, { ...environment(), ...wrong });
    expect(status).toBe(1);
    const why = (name: string) => [of(name)?.state, of(name)?.detail];
    expect(why('practice-01')).toEqual(['fails', expect.stringContaining('no answer within')]);
    expect(why(registry.host)).toEqual(['fails', expect.stringContaining('There is no such file')]);
    expect(why('corp')).toEqual(['fails', expect.stringContaining('token')]);
    expect(why('app')).toEqual(['fails', expect.stringContaining('ECONNREFUSED')]);
    expect(why('slack')).toEqual(['fails', expect.stringContaining('invalid_auth')]);
    expect(why('teams')).toEqual(['fails', expect.stringContaining('signing in')]);
    expect(why('sqlite')[0]).toBe('fails');
    expect(of('prod')?.state).toBe('works');
  });

  it('says that a wrong password of a registry is one', async () => {
    writeFileSync(join(folder, 'password'), 'not-the-password');
    const { status, of } = await rows(works(), environment());
    expect(status).toBe(1);
    expect(of(registry.host)).toMatchObject({ state: 'fails', detail: expect.stringContaining('login') });
    writeFileSync(join(folder, 'password'), PASSWORD);
  });

  it('finds a damaged store, and does not touch it', async () => {
    mkdirSync(join(folder, 'data'), { recursive: true });
    writeFileSync(
      join(folder, 'data', 'runs.db'),
      'this is no database, but it is long enough to be looked at. '.repeat(40),
    );
    const { status, of } = await rows(works(), environment());
    expect(status).toBe(1);
    expect(of('sqlite')).toMatchObject({ state: 'fails', detail: expect.stringContaining('damaged') });
    rmSync(join(folder, 'data'), { recursive: true });
  });

  it('does not show the password of a database that does not answer', async () => {
    const url = 'postgres://execfmt:the-database-password@127.0.0.1:1/runs';
    const { status, stdout, stderr } = await check('hosts: {}', { DATABASE_URL: url });
    expect(status).toBe(1);
    expect(stdout).toMatch(/^fails +store +postgres .*ECONNREFUSED/m);
    expect(stdout + stderr).not.toContain('the-database-password');
  });

  it('ends with 2 when the configuration is wrong, and connects to nothing', async () => {
    const before = registry.seen.length;
    const { status, stderr } = await check(`${works()}\nnonsense: 1`, environment());
    expect(status).toBe(2);
    expect(stderr).toMatch(/execfmt\.yaml:\d+:1 nonsense/);
    expect(registry.seen.length).toBe(before);
  });
});
