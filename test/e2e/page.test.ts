import { copyFileSync, mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { afterEach, expect, it } from 'vitest';
import { deployIncident } from '../lab/incident.ts';
import { suite } from '../lab/requirements.ts';
import { openChromium } from './chromium.ts';
import { keptSettings, REAL_ENGINE, useRealEngine } from './real-engine.ts';
import { type Serving, startServe } from './run-execfmt.ts';

const ROOT = resolve(import.meta.dirname, '../..');
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
async function goThrough(
  page: Page,
  name: string,
  onQuestion: (question: string) => void,
  onVerdict = async () => {},
): Promise<void> {
  await page.fill('#command', `/execfmt ${name}`);
  await page.keyboard.press('Enter');
  const rollBack = page.getByRole('button', { name: 'Roll back to v2' });
  await rollBack.waitFor({ timeout: RECOVERY_MS });
  await onVerdict();
  await rollBack.click();
  await page.getByRole('button', { name: 'Approve' }).first().click();
  const dialog = page.locator('dialog[open]');
  onQuestion((await dialog.textContent()) ?? '');
  await dialog.getByRole('button', { name: 'Approve' }).click();
  await page.getByText('Recovered after').waitFor({ timeout: RECOVERY_MS });
}

/** Keeps a picture for the documentation when that is asked for. */
async function keepPicture(page: Page, serving: Serving, name: string): Promise<void> {
  const picture = join(serving.folder, name);
  await page.screenshot({ path: picture });
  if (process.env.UPDATE_PICTURES !== 'true') return;
  const kept = join(ROOT, 'docs/pictures', name);
  mkdirSync(dirname(kept), { recursive: true });
  copyFileSync(picture, kept);
}

suite('the page without a configuration, in Chromium', ['chromium'], () => {
  it('takes a person through the practice incident to the recovery, and shows the queue drain', {
    timeout: 120_000,
  }, async () => {
    const serving = await startServe({ configuration: null });
    ends.push(() => serving.remove());
    const page = await open(serving, { width: 1100, height: 1000 });
    await expect.poll(() => page.textContent('main')).toContain('PRACTICE');
    await goThrough(
      page,
      'pdf-renderer',
      (question) => expect(question.match(/sha256:[0-9a-f]{64}/g)).toHaveLength(2),
      () => keepPicture(page, serving, 'incident.png'),
    );
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
    await keepPicture(page, serving, 'recovered.png');
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
    await keepPicture(page, serving, 'phone.png');
  });
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
