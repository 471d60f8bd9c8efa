import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterEach, expect, it } from 'vitest';
import { findViolations } from '../chat/web/find-violations.ts';
import { deployIncident } from '../lab/incident.ts';
import { suite } from '../lab/requirements.ts';
import { openChromium } from './chromium.ts';
import { keptSettings, REAL_ENGINE, useRealEngine } from './real-engine.ts';
import { runExecfmt, type Serving, startServe } from './run-execfmt.ts';

const RECOVERY_MS = 60_000;

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function open(serving: Serving, options: Parameters<typeof openChromium>[0] = {}): Promise<Page> {
  const { context, close } = await openChromium(options);
  ends.push(close);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  ends.push(async () => expect(complaints).toEqual([]));
  await page.goto(serving.url);
  return page;
}

/** What a person does: types the command, presses, reads what would happen, approves. */
async function goThrough(page: Page, name: string, onQuestion: (question: string) => void): Promise<void> {
  await page.fill('#command', `/execfmt ${name}`);
  await page.keyboard.press('Enter');
  const rollBack = page.getByRole('button', { name: 'Roll back to v2' });
  await rollBack.waitFor({ timeout: RECOVERY_MS });
  await rollBack.click();
  await page.getByRole('button', { name: 'Approve' }).first().click();
  const dialog = page.locator('dialog[open]');
  onQuestion((await dialog.textContent()) ?? '');
  await dialog.getByRole('button', { name: 'Approve' }).click();
  await page.getByText('Recovered after').waitFor({ timeout: RECOVERY_MS });
}

suite('the page without a configuration, in Chromium', ['chromium'], () => {
  it('takes a person through the practice incident to the recovery, and shows the queue drain', {
    timeout: 120_000,
  }, async () => {
    const serving = await startServe({ configuration: null });
    ends.push(() => serving.remove());
    const page = await open(serving, { width: 1100, height: 1000 });
    await expect.poll(() => page.textContent('main')).toContain('PRACTICE');
    await goThrough(page, 'pdf-renderer', (question) => expect(question.match(/sha256:[0-9a-f]{64}/g)).toHaveLength(2));
    const titles = await page.locator('article.message h2').allTextContents();
    expect(titles.filter((title) => /^\d\./.test(title)).map((title) => title[0])).toEqual([
      '1',
      '2',
      '3',
      '4',
      '5',
      '6',
      '7',
      '8',
    ]);
    expect(
      await page.locator('article.message:not(:has(.practice))').count(),
      'cards that do not say that it is practice',
    ).toBe(0);
    const queue = () => page.locator('article[id^="reply:action"]').textContent();
    const atFirst = await queue();
    expect(atFirst).toContain('1,847 →');
    await expect.poll(queue, { timeout: 20_000 }).not.toBe(atFirst);
    await page.close();
    expect(await serving.stop()).toBe(0);
  });

  it('is readable on a phone and in the dark: nothing is wider than the screen', { timeout: 60_000 }, async () => {
    const serving = await startServe({ configuration: null });
    ends.push(() => serving.remove());
    const page = await open(serving, { width: 360, height: 740, dark: true });
    await page.fill('#command', 'pdf-renderer');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Roll back to v2' }).waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    expect(await findViolations(page)).toEqual([]);
  });
});

const TOKEN = 'ada-token-0123456789';

suite('the page with people', ['chromium'], () => {
  it('is closed to those who have no token, and shows those who have one their runs', { timeout: 60_000 }, async () => {
    const people = '[{ name: ada, tokenEnv: ADA_TOKEN }]';
    const serving = await startServe({ configuration: '', web: `people: ${people}`, env: { ADA_TOKEN: TOKEN } });
    ends.push(() => serving.remove());
    for (const path of ['/', '/runs', '/runs/r-aaaaaa/transcript.md']) {
      const answer = await fetch(serving.url + path, { redirect: 'manual' });
      expect([answer.status, answer.headers.get('location')?.startsWith('/sign-in')]).toEqual([303, true]);
    }
    expect((await fetch(`${serving.url}/healthz`)).status).toBe(200);
    const page = await open(serving);
    await page.getByLabel('Your token').fill(TOKEN);
    await page.keyboard.press('Enter');
    await page.getByText('web:ada').waitFor();
    await page.fill('#command', '/execfmt help');
    await page.keyboard.press('Enter');
    await page.getByText('What execfmt does').waitFor();
    await page.close();
    expect(serving.output()).not.toContain(TOKEN);
    expect(serving.output()).toContain('without https');
    expect(await serving.stop()).toBe(0);
  });
});

it.each([
  ['"0.0.0.0:0"', '', {}, 'nobody is named who may sign in'],
  ['"127.0.0.1:0"', ', people: [{ name: ada, tokenEnv: ADA_TOKEN }]', {}, 'ADA_TOKEN'],
  ['"127.0.0.1:0"', ', people: [{ name: ada, tokenEnv: ADA_TOKEN }]', { ADA_TOKEN: 'short-secret' }, 'openssl rand'],
])('does not start with listen: %s%s', async (listen, people, env, why) => {
  const folder = mkdtempSync(join(tmpdir(), 'execfmt-page-'));
  const file = join(folder, 'execfmt.yaml');
  writeFileSync(file, `chat: { web: { listen: ${listen}${people} } }\nstore: "sqlite:x.db"\n`);
  const { status, stderr } = await runExecfmt(['serve', '--config', file], { env });
  rmSync(folder, { recursive: true });
  expect(status).toBe(2);
  expect(stderr).toContain(why);
  expect(stderr).not.toContain('short-secret');
});

suite('the incident on the page, on a real engine', ['chromium', ...REAL_ENGINE], () => {
  const real = useRealEngine();

  it('goes from the command to the recovered service', { timeout: 120_000 }, async () => {
    const incident = await deployIncident(real.engine, real.registry, { approvers: ['web:you'] });
    ends.push(() => incident.stop());
    const container = () => real.docker.getContainer(incident.container).inspect();
    const before = keptSettings(await container());
    const serving = await startServe({ configuration: incident.configuration });
    ends.push(() => serving.remove());
    const page = await open(serving);
    await goThrough(page, 'pdf-renderer', (question) => {
      for (const digest of Object.values(incident.digests)) expect(question).toContain(digest);
    });
    const after = await container();
    expect(after.State.Running).toBe(true);
    expect(after.Config.Image).toBe(`${incident.repository}@${incident.digests.v2}`);
    expect(keptSettings(after)).toEqual(before);
    const left = await real.docker.listContainers({ all: true, filters: { name: [incident.container] } });
    expect(left.map(({ Names }) => Names)).toEqual([[`/${incident.container}`]]);
    expect(await page.content()).not.toContain(incident.secret);
    expect(serving.output()).not.toContain(incident.secret);
  });
});
