import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { openChromium } from '../e2e/chromium.ts';
import { servePractice } from './serve-practice.ts';
import { shrinkPng } from './shrink-png.ts';

/** Takes the pictures of the documentation (docs/pictures) from a real practice incident in Chromium: `npm run pictures`. */
const FOLDER = resolve(import.meta.dirname, '../../docs/pictures');
const PATIENCE_MS = 60_000;

async function keep(page: Page, name: string): Promise<void> {
  const taken = await page.screenshot({ animations: 'disabled' });
  const small = shrinkPng(taken);
  writeFileSync(join(FOLDER, `${name}.png`), small);
  process.stdout.write(
    `${name}.png: ${Math.round(small.length / 1024)} KiB, from ${Math.round(taken.length / 1024)} KiB\n`,
  );
}

async function diagnose(page: Page): Promise<void> {
  await page.fill('#command', '/execfmt pdf-renderer');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Roll back to v2' }).waitFor({ timeout: PATIENCE_MS });
}

async function propose(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Roll back to v2' }).click();
  await page.getByRole('button', { name: 'Approve' }).first().waitFor();
}

async function approve(page: Page, onQuestion = async () => {}): Promise<void> {
  await page.getByRole('button', { name: 'Approve' }).first().click();
  const dialog = page.locator('dialog[open]');
  await dialog.waitFor();
  await onQuestion();
  await dialog.getByRole('button', { name: 'Approve' }).click();
  await page.getByText('Recovered after').first().waitFor({ timeout: PATIENCE_MS });
}

async function decline(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Decline' }).first().click();
  const question = page.locator('dialog[open]');
  await question.waitFor();
  await question.getByRole('button', { name: 'Decline' }).click();
  // To decline what one has asked for oneself is to withdraw it.
  await page.getByText('Withdrawn by').first().waitFor();
  await page.goto(new URL('/runs', page.url()).href);
}

async function resetPractice(page: Page): Promise<void> {
  await page.fill('#command', '/execfmt practice');
  await page.keyboard.press('Enter');
  await page.getByText('back at its start').waitFor();
}

async function takeAll(page: Page): Promise<void> {
  await diagnose(page);
  await propose(page);
  await approve(page);
  await resetPractice(page);
  await page.goto(new URL('/runs', page.url()).href);
  await diagnose(page);
  await propose(page);
  await decline(page);
  await diagnose(page);
  await page.waitForURL('**/runs/r-*');
  await page.mouse.move(0, 0);
  // The verdict from its title on, down to the button.
  await page.evaluate("document.getElementById('reply:verdict').scrollIntoView()");
  await keep(page, 'incident');
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize({ width: 360, height: 740 });
    await page.reload();
    await keep(page, `phone-${scheme}`);
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 1100, height: 800 });
  await propose(page);
  await approve(page, () => keep(page, 'approve'));
  const numbers = page.locator('article[id^="reply:action"]').getByText(/1,847 → .* → .* → /);
  await numbers.first().waitFor({ timeout: PATIENCE_MS });
  await page.evaluate('scroller.scrollTo(0, scroller.scrollHeight); document.activeElement.blur()');
  await keep(page, 'recovered');
  await page.goto(new URL('/runs', page.url()).href);
  await page.setViewportSize({ width: 1100, height: 540 });
  await keep(page, 'runs');
}

mkdirSync(FOLDER, { recursive: true });
const served = await servePractice();
const { context, close } = await openChromium({ width: 1100, height: 1000 });
try {
  const page = await context.newPage();
  await page.goto(served.url);
  await takeAll(page);
} finally {
  await close();
  await served.stop();
}
