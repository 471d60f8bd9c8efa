import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseExposition } from '../../adapters/metrics/scrape/parse-exposition.ts';
import { sumSeries } from '../../adapters/metrics/scrape/sum-series.ts';
import { type Practice, startPractice } from '../../adapters/practice/start-practice.ts';
import { waitFor } from '../lab/waiting.ts';
import { type Collector, startCollector } from '../servers/otlp/start-collector.ts';
import { type SlackServer, startSlack } from '../servers/slack/start-slack.ts';
import { readReadiness } from './read-readiness.ts';
import { freePort, type Serving, startServe } from './run-execfmt.ts';
import { APPROVER, parentOf, replyWith } from './slack-stage.ts';

const TOKEN = 'collector-token-0123456789';

/** The practice incident in Slack, from the command to the recovery, by a program that is watched. */
describe('a program that is watched', () => {
  let practice: Practice;
  let slack: SlackServer;
  let collector: Collector;
  let serving: Serving;
  let own: string;

  beforeAll(async () => {
    practice = await startPractice({ drainSeconds: 5 });
    slack = await startSlack();
    collector = await startCollector(TOKEN);
    own = `127.0.0.1:${await freePort()}`;
    const configuration = [
      `hosts: { practice-01: { docker: "${practice.engine}" }, dead: { docker: "tcp://127.0.0.1:1" } }`,
      `registries: { "${practice.registry}": { plainHttp: true } }`,
      'services:',
      `  pdf-renderer: { targets: [{ host: practice-01, container: pdf-renderer }], image: "${practice.registry}/pdf-renderer", approvals: all }`,
      `approvals: { all: { approvers: ["slack:${APPROVER}"] } }`,
      `watch: { metrics: { listen: "${own}" }, traces: { otlp: "${collector.url}", headersEnv: OTLP_HEADERS } }`,
    ].join('\n');
    const { botToken, appToken, apiUrl } = slack;
    const env = { SLACK_BOT_TOKEN: botToken, SLACK_APP_TOKEN: appToken, SLACK_API_URL: apiUrl };
    const headers = { OTLP_HEADERS: `authorization=Bearer%20${TOKEN}` };
    serving = await startServe({ configuration, env: { ...env, ...headers }, stableFor: '1s' });
  }, 120_000);

  afterAll(async () => {
    await serving.remove();
    await slack.close();
    await collector.close();
    await practice.stop();
  });

  const numbers = async () => parseExposition(await (await fetch(`http://${own}/metrics`)).text());
  const value = async (series: string) => sumSeries(await numbers(), series);

  it('says that it is alive and ready, and how each connection is; a dead host does not make it unready', async () => {
    const alive = await fetch(`${serving.url}/healthz`);
    expect([alive.status, await alive.text()]).toEqual([200, 'ok\n']);
    const { http, status, connections } = await waitFor('hosts to be tried', 20_000, async () => {
      const found = await readReadiness(`http://${own}`);
      return found.connections.every(({ state }) => state !== 'unknown') ? found : null;
    });
    expect([http, status]).toEqual([200, 'ready']);
    const states = connections.map(({ kind, name, state }) => [kind, name, state]);
    expect(states).toEqual([
      ['store', 'journal', 'up'],
      ['chat', 'slack', 'up'],
      ['host', 'practice-01', 'up'],
      ['host', 'dead', 'down'],
      ['registry', practice.registry, 'up'],
    ]);
    for (const { since } of connections) expect(Date.parse(since ?? '')).toBeLessThanOrEqual(Date.now());
    const dead = connections.find(({ name }) => name === 'dead');
    expect(dead?.detail).toContain('nobody listens there');
    expect(await value('execfmt_connection_up{kind="host",name="dead"}')).toBe(0);
    expect(await value('execfmt_connection_up{kind="chat",name="slack"}')).toBe(1);
  });

  it('shows numbers only where they are configured to be shown', async () => {
    expect((await fetch(`${serving.url}/metrics`)).status).toBe(404);
    expect((await fetch(`http://${own}/metrics`, { method: 'POST' })).status).toBe(405);
    expect((await fetch(`http://${own}/`)).status).toBe(404);
    expect(await value('execfmt_build_info')).toBe(1);
  });

  it('counts, traces and logs a run from the command to the recovery', { timeout: 180_000 }, async () => {
    slack.fault('chat.postMessage', { kind: 'rate-limit', retryAfter: 1 });
    await slack.command('pdf-renderer');
    const parent = await parentOf(slack);
    await slack.press(await replyWith(slack, parent, 'It will not run'), 'Roll back to v2');
    await slack.press(await replyWith(slack, parent, 'Roll back pdf-renderer to v2?'), 'Approve', { user: APPROVER });
    await replyWith(slack, parent, 'Recovered');
    await waitFor('the recovery to be counted', 10_000, async () =>
      (await value('execfmt_actions_total{kind="rollback-to-digest",outcome="succeeded"}')) === 1 ? true : null,
    );
    expect(await value('execfmt_runs_opened_total{chat="slack"}')).toBe(1);
    expect(await value('execfmt_runs_total{outcome="will-not-run"}')).toBe(1);
    expect(await value('execfmt_verdicts_total{fault="wrong-platform-image"}')).toBe(1);
    expect(await value('execfmt_step_duration_seconds_count')).toBe(8);
    expect(await value('execfmt_step_duration_seconds_count{step="host"}')).toBe(1);
    expect(await value('execfmt_recovery_duration_seconds_count')).toBe(1);
    expect(await value('execfmt_chat_throttled_total{chat="slack"}')).toBe(1);
    expect(
      await value('execfmt_probe_duration_seconds_count{kind="docker",probe="inspect",outcome="ok"}'),
    ).toBeGreaterThan(0);
    expect(await value('execfmt_workflows_running{workflow="investigate"}')).toBe(0);
    await waitFor('the thread to be told', 20_000, async () =>
      (await value('execfmt_threads_waiting')) === 0 ? true : null,
    );
    expect(await value('execfmt_thread_lag_seconds')).toBe(0);
    expectLogs();
    await expectTrace();
  });

  function expectLogs(): void {
    const lines = serving
      .output()
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const ofRuns = lines.filter(({ run }) => run !== undefined);
    expect(ofRuns.map(({ msg }) => msg)).toEqual(expect.arrayContaining(['a run was opened', 'a verdict was reached']));
    for (const line of ofRuns) expect(line.target, String(line.msg)).toBe('pdf-renderer');
    expect(serving.output()).not.toContain(TOKEN);
    expect(serving.output()).not.toContain(slack.botToken);
  }

  async function expectTrace(): Promise<void> {
    const { spans } = collector;
    await waitFor('the spans of the action', 20_000, async () =>
      spans.some(({ name }) => name === 'action rollback-to-digest') ? true : null,
    );
    expect(collector.refused).toEqual([]);
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
    expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(spans.length);
    const named = (name: string) => spans.filter((span) => span.name === name);
    const [root] = named('run');
    expect(root).toMatchObject({ parentSpanId: null, resource: { 'service.name': 'execfmt' } });
    expect(root?.attributes).toMatchObject({
      'execfmt.target': 'pdf-renderer',
      'execfmt.fault': 'wrong-platform-image',
    });
    const steps = 'host image tag file symptom change impact decision'.split(' ');
    for (const step of steps)
      expect(named(`step ${step}`).map(({ parentSpanId }) => parentSpanId)).toEqual([root?.spanId]);
    expect(named('probe docker inspect').length).toBeGreaterThan(0);
    expect(named('probe registry resolve').length).toBeGreaterThan(0);
    const [action] = named('action rollback-to-digest');
    const phases = spans.filter(({ name }) => name.startsWith('phase '));
    expect(phases.length).toBeGreaterThan(2);
    for (const phase of phases) expect(phase.parentSpanId).toBe(action?.spanId);
    for (const span of spans) {
      expect(span.to >= span.from).toBe(true);
      expect(span.from >= (root?.from ?? 0n)).toBe(true);
    }
  }

  it('has exactly the numbers that the documentation lists, with those labels', async () => {
    const page = await (await fetch(`http://${own}/metrics`)).text();
    const names = [...page.matchAll(/^# TYPE (execfmt_\S+) /gm)].map(([, name]) => name);
    const text = readFileSync(new URL('../../docs/watching.md', import.meta.url), 'utf8');
    const listed = [...text.matchAll(/^\| `(execfmt_\w+)` \| ([^|]*)\|/gm)];
    expect(listed.map(([, name]) => name).sort()).toEqual(names.sort());
    for (const [, name = '', labels = ''] of listed) {
      const shown = page.match(new RegExp(`^${name}(?:_count)?\\{([^}]*)\\}`, 'm'))?.[1];
      if (shown === undefined) continue;
      expect([...shown.matchAll(/(\w+)="/g)].map(([, label]) => `\`${label}\``).join(', '), name).toBe(labels.trim());
    }
  });

  it('is not ready while Slack is away', { timeout: 60_000 }, async () => {
    await slack.close();
    const { connections } = await waitFor('Slack to be missed', 40_000, async () => {
      const found = await readReadiness(serving.url);
      return found.http === 503 ? found : null;
    });
    const chat = connections.find(({ kind }) => kind === 'chat');
    expect(chat).toMatchObject({ name: 'slack', state: 'down' });
    expect((await fetch(`${serving.url}/healthz`)).status).toBe(200);
  });
});

describe('a program that nobody configured to be watched', () => {
  it('shows its numbers to this machine alone, not through a proxy and not under another name', {
    timeout: 60_000,
  }, async () => {
    const serving = await startServe({ configuration: 'hosts: {}' });
    try {
      expect(await (await fetch(`${serving.url}/metrics`)).text()).toContain('execfmt_build_info');
      const forwarded = await fetch(`${serving.url}/metrics`, { headers: { 'x-forwarded-for': '203.0.113.9' } });
      expect(forwarded.status).toBe(404);
      const { http, connections } = await readReadiness(serving.url, { 'x-forwarded-for': '203.0.113.9' });
      expect(http).toBe(200);
      expect(connections[0]).not.toHaveProperty('detail');
      expect(connections[0]).toMatchObject({ kind: 'store', name: 'journal', state: 'up' });
      expect(await serving.stop()).toBe(0);
    } finally {
      await serving.remove();
    }
  });

  it('does not start when the address for numbers is taken, and says so', { timeout: 60_000 }, async () => {
    const taken = createServer();
    await new Promise<void>((done) => taken.listen(0, '127.0.0.1', done));
    const { port } = taken.address() as AddressInfo;
    try {
      const start = startServe({ configuration: `watch: { metrics: { listen: "127.0.0.1:${port}" } }` });
      await expect(start).rejects.toThrow(/cannot listen on 127\.0\.0\.1:\d+ for watch\.metrics/);
    } finally {
      taken.close();
    }
  });
});
