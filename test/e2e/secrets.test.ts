import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Practice, startPractice } from '../../adapters/practice/start-practice.ts';
import { waitFor } from '../lab/waiting.ts';
import { startSlack } from '../servers/slack/start-slack.ts';
import { letters, pem } from '../view/redaction/made-up.ts';
import { SECRETS } from '../view/redaction/secrets.ts';
import { runExecfmt, startServe } from './run-execfmt.ts';
import { parentOf, replyWith } from './slack-stage.ts';
import { startTalkativeEngine } from './talkative-engine.ts';

const NAMES = [
  'AWS access key',
  'Azure SAS',
  'GitHub token',
  'GitLab job token',
  'Slack bot token',
  'Slack webhook',
  'password in a URL',
  'basic authorization',
  'docker login',
  'curl -u',
  'Kubernetes service account',
  'DATABASE_URL',
  'JSON',
  'environment',
];
const printed = NAMES.map((name) => SECRETS.find(([each]) => each === name) ?? ['', '', '', '']);
const OWN = 'CORP-ada-0123456789abcdef';
/** Three lines with five secrets each, one of the configuration, and a private key whose end was not printed yet: the last five lines are its letters. */
const LINES = [
  ...Array.from({ length: 8 }, (_, line) => `line ${line} of the start`),
  ...[0, 5, 10].map((from) =>
    printed
      .slice(from, from + 5)
      .map(([, text]) => text)
      .join(' ; '),
  ),
  `own ${OWN} key`,
  ...pem('PRIVATE KEY', Array(12).fill(letters(64)).join('\n'))
    .split('\n')
    .slice(0, -1),
];
const FORBIDDEN = [...printed.map(([, , secret]) => secret), OWN, letters(64)];

function expectClean(text: string): void {
  for (const secret of FORBIDDEN) expect(text.includes(secret), `${secret} in ${text.slice(0, 2_000)}`).toBe(false);
}

describe('a container that prints secrets', () => {
  let practice: Practice;
  let engine: Awaited<ReturnType<typeof startTalkativeEngine>>;
  let folder: string;
  let configuration: string;

  beforeAll(async () => {
    practice = await startPractice();
    engine = await startTalkativeEngine(practice.engine, LINES);
    folder = mkdtempSync(join(tmpdir(), 'execfmt-secrets-'));
    configuration = [
      `hosts: { practice: { docker: "${engine.address}" } }`,
      `registries: { "${practice.registry}": { plainHttp: true } }`,
      'redact: [{ name: corp key, pattern: "CORP-[a-z]+-[0-9a-f]{16}" }]',
    ].join('\n');
    writeFileSync(join(folder, 'execfmt.yaml'), `${configuration}\nstore: "sqlite:./runs.db"\n`);
  }, 60_000);

  afterAll(async () => {
    await engine.close();
    await practice.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const run = async (...args: string[]) => {
    const config = join(folder, 'execfmt.yaml');
    const done = await runExecfmt([...args, '--config', config], { env: { LOG_LEVEL: 'debug' } });
    expectClean(done.stdout + done.stderr);
    return done;
  };

  it('is diagnosed in the terminal, in JSON and in transcripts without any of them', { timeout: 180_000 }, async () => {
    expect(FORBIDDEN.every((secret) => LINES.some((line) => line.includes(secret)))).toBe(true);
    const json = await run('diagnose', 'pdf-renderer', '--json');
    expect(json.status).toBe(1);
    const { run: id, steps } = JSON.parse(json.stdout);
    const log = steps.flatMap((step: { findings: { check: string; observed: string }[] }) => step.findings);
    const { observed } = log.find(({ check }: { check: string }) => check === 'Last log lines');
    expect(observed.split('\n').at(-1)).toBe('[removed: private key]');
    expect(observed).toContain('own [removed: corp key] key');
    for (const kind of ['Slack token', 'JWT', 'password', 'secret']) expect(observed).toContain(`[removed: ${kind}]`);

    expect((await run('diagnose', 'pdf-renderer')).stdout).toContain('[removed: corp key]');
    for (const format of ['md', 'html', 'json']) {
      expect((await run('transcript', id, '--format', format)).stdout).toContain('[removed: ');
    }
    for (const file of readdirSync(folder)) expectClean(readFileSync(join(folder, file), 'latin1'));
  });

  it('is told in Slack, on the page, in the log and in the store without any of them', {
    timeout: 120_000,
  }, async () => {
    const slack = await startSlack();
    const { botToken, appToken, apiUrl } = slack;
    const env = { SLACK_BOT_TOKEN: botToken, SLACK_APP_TOKEN: appToken, SLACK_API_URL: apiUrl, LOG_LEVEL: 'debug' };
    const serving = await startServe({ configuration, env });
    try {
      await slack.command('pdf-renderer');
      const parent = await parentOf(slack);
      await replyWith(slack, parent, 'It will not run');
      await replyWith(slack, parent, '[removed: corp key]');
      expectClean(JSON.stringify([slack.calls, slack.messages(), slack.thread(parent.ts), slack.ephemerals]));

      const page = await waitFor('the page', 10_000, async () => {
        const runs = await (await fetch(serving.url)).text();
        const path = /href="(\/runs\/[^"]+)"/.exec(runs)?.[1];
        return path === undefined ? null : (await fetch(serving.url + path)).text();
      });
      expect(page).toContain('[removed: corp key]');
      expectClean(page);
      expectClean(serving.output());
      const store = join(serving.folder, 'data');
      for (const file of readdirSync(store)) expectClean(readFileSync(join(store, file), 'latin1'));
    } finally {
      await serving.remove();
      await slack.close();
    }
  });
});
