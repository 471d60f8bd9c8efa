import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { suite } from '../../lab/requirements.ts';
import { findFaintText } from './find-faint-text.ts';
import { type OpenPage, openPage } from './open-page.ts';
import { openedView, put, V2, V3 } from './pdf-renderer-story.ts';
import { ScriptedApplication } from './scripted-application.ts';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const ARGUMENTS =
  '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync';

suite('the page in Chromium', ['chromium'], () => {
  let folder: string;
  let pictures: string;
  const application = new ScriptedApplication();
  let served: OpenPage;
  let browser: BrowserContext;
  let page: Page;
  const complaints: string[] = [];

  const picture = (name: string) => page.screenshot({ path: join(pictures, `${name}.png`), animations: 'disabled' });
  const message = (title: string) => page.getByRole('article', { name: title });
  const width = () => page.evaluate<number>('document.documentElement.scrollWidth');

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'execfmt-page-'));
    pictures = process.env.EXECFMT_PICTURES ?? join(folder, 'pictures');
    mkdirSync(pictures, { recursive: true });
    for (const [run, target, tone, state] of [
      ['r-3c8v1q', 'thumbnailer', 'ok', 'recovered'],
      ['r-5d2n8w', 'invoice-mailer', 'unknown', 'inconclusive'],
    ] as const) {
      const view = openedView();
      const parent = { ...view.parent, tone, practice: false, title: `${target}: ${state}` };
      application.show({ ...view, run, target, practice: false, settled: true, parent }, '2026-11-20T16:40:12.000Z');
    }
    served = await openPage(application);
    browser = await chromium.launchPersistentContext(join(folder, 'profile'), {
      executablePath,
      args: ARGUMENTS.split(' '),
      viewport: { width: 1280, height: 860 },
    });
    page = browser.pages()[0] ?? (await browser.newPage());
    page.on('console', (line) => line.type() === 'error' && complaints.push(`${line.text()} ${line.location().url}`));
    page.on('pageerror', (error) => complaints.push(error.message));
  });

  afterAll(async () => {
    await browser?.close();
    await served?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('opens a run from the composer and grows without a reload', async () => {
    await page.goto(served.base);
    const field = page.getByLabel('Command', { exact: true });
    await field.fill('/execfmt pdf-renderer');
    await field.press('Enter');
    await page.waitForURL('**/runs/r-7k2m9x');
    await page.evaluate('window.sameDocument = true');
    application.advance();
    await message('1. What the host can run').waitFor();
    application.advance();
    await message('2. What the image says it is').waitFor();
    await page.getByText('execfmt is at work').waitFor();
    await picture('working');
    while (application.advance());
    await message('It will not run: pdf-renderer').waitFor();
    await page.getByRole('heading', { name: 'pdf-renderer: wrong-platform-image' }).waitFor();
    await page.locator('#runs [aria-current]').getByText('wrong-platform-image').waitFor();
    expect(await page.getByText('execfmt is at work').count()).toBe(0);
    expect(await page.evaluate('window.sameDocument')).toBe(true);
    expect(await page.title()).toContain('wrong-platform-image');
    expect(application.handled).toHaveLength(1);
    // It was at the end and has to stay there through a burst of replies.
    const fromEnd = 'scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight';
    await expect.poll(() => page.evaluate<number>(fromEnd)).toBeLessThan(48);
    await picture('verdict');
  });

  it('keeps what is unfolded and where the focus is while the thread changes', async () => {
    const fold = page.locator('details', { hasText: 'lines' });
    await fold.locator('summary').click();
    const view = (await application.thread('r-7k2m9x'))!;
    const reply = view.replies.find(({ key }) => key === 'step:symptom')!;
    application.show(put(view, reply.key, '09:14:03.000', { ...reply.card, title: '5. What it does now' }), '');
    await message('5. What it does now').waitFor();
    expect(await fold.getAttribute('open')).not.toBeNull();
    await page.getByRole('button', { name: 'Run again' }).focus();
    const verdict = view.replies.find(({ key }) => key === 'verdict')!;
    const now = (await application.thread('r-7k2m9x'))!;
    application.show(put(now, 'verdict', '09:14:03.400', { ...verdict.card, title: 'It will not run here' }), '');
    await message('It will not run here').waitFor();
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Run again');
  });

  it('asks before an approval and shows the whole digests', async () => {
    await page.getByRole('button', { name: 'Roll back to v2' }).click();
    const plan = message('Roll back pdf-renderer to v2?');
    await plan.getByRole('button', { name: 'Approve', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Approve this rollback?' });
    await dialog.waitFor();
    expect(await dialog.locator('code').allTextContents()).toEqual([V3, V2]);
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Not now');
    await picture('dialog');
    await page.keyboard.press('Escape');
    expect(application.handled).toHaveLength(2);
    await plan.getByRole('button', { name: 'Approve', exact: true }).click();
    await dialog.getByRole('button', { name: 'Approve rollback' }).click();
    await message('Rolling back pdf-renderer on render-01').or(plan.getByText('Approved by Ada')).first().waitFor();
    while (application.advance());
    await message('Recovered: pdf-renderer').waitFor();
    expect(application.handled.at(-1)?.what).toMatchObject({ press: { action: 'approve', subject: 'p1' } });
    expect(await page.evaluate('window.sameDocument')).toBe(true);
    await picture('recovered');
  });

  it('shows a private answer at the top and puts it aside', async () => {
    const field = page.getByLabel('Command', { exact: true });
    await field.fill('/execfmt pdf-rendrer');
    await field.press('Enter');
    const answer = page.getByRole('article', { name: 'Nothing is called' });
    await answer.getByText('Only you see this').waitFor();
    await picture('private');
    await answer.getByRole('link', { name: 'Dismiss' }).click();
    expect(await answer.count()).toBe(0);
  });

  it('leaves the reader where they are and says that there is more', async () => {
    await page.evaluate('scroller.scrollTo(0, 0)');
    await expect.poll(() => page.evaluate('scroller.scrollTop')).toBe(0);
    const view = (await application.thread('r-7k2m9x'))!;
    application.show(put(view, 'late', '09:20:00.000', { ...view.parent, title: 'One thing more' }), '');
    await page.getByRole('button', { name: 'New replies' }).waitFor();
    expect(await page.evaluate('scroller.scrollTop')).toBe(0);
    await picture('new-replies');
    await page.getByRole('button', { name: 'New replies' }).click();
    await expect.poll(() => page.getByRole('button', { name: 'New replies' }).isVisible()).toBe(false);
  });

  it('is readable at 360 px and in the dark', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width: 1280, height: 860 });
      await picture(`wide-${colorScheme}`);
      expect(await findFaintText(page), colorScheme).toEqual([]);
      await page.setViewportSize({ width: 360, height: 740 });
      await picture(`narrow-${colorScheme}`);
      expect(await width()).toBe(360);
      expect(await findFaintText(page), `${colorScheme}, narrow`).toEqual([]);
    }
    await page.getByRole('button', { name: 'Runs' }).click();
    await page.getByRole('link', { name: 'thumbnailer' }).waitFor();
    await picture('narrow-runs');
    await page.getByRole('link', { name: 'thumbnailer' }).click();
    await page.waitForURL('**/runs/r-3c8v1q');
  });

  it('works without scripts: forms, the question before an approval, the private answer', async () => {
    const plain = new ScriptedApplication();
    const other = await openPage(plain);
    const bare = await chromium.launchPersistentContext(join(folder, 'bare'), {
      executablePath,
      args: ARGUMENTS.split(' '),
      javaScriptEnabled: false,
      viewport: { width: 1280, height: 860 },
    });
    try {
      const sheet = bare.pages()[0] ?? (await bare.newPage());
      await sheet.goto(other.base);
      await sheet.screenshot({ path: join(pictures, 'welcome.png') });
      await sheet.getByRole('button', { name: '/execfmt pdf-renderer' }).click();
      await sheet.waitForURL('**/runs/*');
      while (plain.advance());
      await sheet.reload();
      await sheet.getByRole('button', { name: 'Roll back to v2' }).click();
      await sheet.getByRole('button', { name: 'Approve', exact: true }).click();
      const approve = sheet.getByRole('button', { name: 'Approve rollback' });
      await approve.waitFor();
      await sheet.screenshot({ path: join(pictures, 'confirm-page.png') });
      await approve.click();
      await sheet.getByText('Approved by Ada').waitFor();
      await sheet.getByLabel('Command', { exact: true }).fill('nobody');
      await sheet.getByRole('button', { name: 'Send' }).click();
      await sheet.getByText('Only you see this').waitFor();
      expect(plain.handled.map(({ what }) => what.kind)).toEqual(['command', 'press', 'press', 'command']);
    } finally {
      await bare.close();
      await other.close();
    }
  });

  it('tells no error to the console', () => expect(complaints).toEqual([]));
});
