import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { waitFor } from '../lab/waiting.ts';
import { startTeams, type TeamsServer } from '../servers/teams/start-teams.ts';
import { runExecfmt, type Serving, startServe } from './run-execfmt.ts';

let teams: TeamsServer | null = null;
let serving: Serving | null = null;
afterEach(async () => {
  await serving?.remove();
  await teams?.close();
});

const CONFIGURATION = 'hosts: { nowhere: { docker: "unix:///no/such/engine.sock" } }';

function environmentOf(server: TeamsServer): Record<string, string> {
  return {
    MicrosoftAppId: server.appId,
    MicrosoftAppPassword: server.password,
    MicrosoftAppTenantId: server.tenant,
    MicrosoftAppType: 'SingleTenant',
    ToChannelFromBotLoginUrl: server.loginUrl,
    ToBotFromChannelOpenIdMetadataUrl: server.openIdUrl,
  };
}

it('serves Teams beside the page, by the environment, and takes a delivery once across kill -9', async () => {
  const server = await startTeams();
  teams = server;
  serving = await startServe({ configuration: CONFIGURATION, env: environmentOf(server) });
  server.deliverTo(`${serving.url}/api/messages`);
  const alone = () => server.messages('a:alone-anna');

  expect((await server.mention('help')).status).toBe(200);
  await waitFor('the private answer', 10_000, async () => alone()[0] ?? null);
  expect(JSON.stringify(alone()[0]?.card)).toContain('@execfmt list');
  expect((await fetch(serving.url)).status).toBe(200);

  await serving.kill();
  expect((await server.retry()).status).toBeNull();
  await serving.restart();
  expect((await server.retry()).status).toBe(200);
  expect((await server.mention('list', {}, 'wrong-signature')).status).toBe(401);
  await server.mention('list');
  await waitFor('the second answer', 10_000, async () => alone()[1] ?? null);
  expect(alone()).toHaveLength(2);
  expect(serving.output()).not.toContain(server.password);
  expect(await serving.stop()).toBe(0);
}, 60_000);

it.each([
  ['the configuration names Teams and the environment does not', true, {}],
  ['the app id is empty', true, { MicrosoftAppId: '', MicrosoftAppPassword: 'x', MicrosoftAppTenantId: 'y' }],
  ['the app id is empty, in the practice world', false, { MicrosoftAppPassword: 'x', MicrosoftAppTenantId: 'y' }],
])('does not start when %s', async (_, configured, env) => {
  const folder = mkdtempSync(join(tmpdir(), 'execfmt-teams-'));
  try {
    const file = join(folder, 'execfmt.yaml');
    writeFileSync(file, `${CONFIGURATION}\nchat: { teams: {} }\n`);
    const { status, stderr } = await runExecfmt(configured ? ['serve', '--config', file] : ['serve'], { env });
    expect(status).toBe(2);
    expect(stderr).toMatch(/Teams is configured by half: .*MicrosoftAppId.* is missing/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
