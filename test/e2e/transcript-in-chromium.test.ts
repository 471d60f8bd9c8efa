import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { systemIds } from '../../adapters/system/ids.ts';
import type { RunFact } from '../../src/run/events.ts';
import { renderTranscript } from '../../src/run/transcript/render-transcript.ts';
import { suite } from '../lab/requirements.ts';
import { recovered } from '../run/recovered-run.ts';
import { approver, eventsOf, step } from '../run/sample-run.ts';
import { openChromium } from './chromium.ts';

const HOSTILE =
  '</pre></script><script>document.title="owned"</script><img src=x onerror="document.title=1"><a href="https://evil.example">x</a>';
const LONG = `/usr/local/lib/${'x'.repeat(400)}`;

const facts: readonly RunFact[] = [
  ...recovered.slice(0, 2),
  { type: 'step-finished', step: step('file', `${HOSTILE}\n${LONG}`) },
  ...recovered.slice(2),
  { type: 'joined', by: { id: HOSTILE, name: HOSTILE }, conversation: { chat: 'slack', id: 'T1/C1' } },
];
const messages = [{ by: approver, at: '2026-11-21T09:00:05.000Z', text: `${HOSTILE}\n${LONG}` }];
const html = renderTranscript(
  { events: eventsOf(...facts), thread: { kind: 'read', messages }, version: '0.1.0' },
  'html',
  systemIds.sha256,
);

suite('an HTML transcript in Chromium', ['chromium'], () => {
  let folder: string;
  let address: string;
  const ends: (() => Promise<void>)[] = [];
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'execfmt-transcript-'));
    const file = join(folder, 'incident.html');
    writeFileSync(file, html);
    address = pathToFileURL(file).href;
  });
  afterEach(async () => {
    for (const end of ends.splice(0)) await end();
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function open(options: Parameters<typeof openChromium>[0]): Promise<Page> {
    const { context, close } = await openChromium(options);
    ends.push(close);
    const page = await context.newPage();
    await page.goto(address);
    return page;
  }

  /** WCAG 2.2 A and AA and good practice, a line for each violation. */
  async function violations(page: Page): Promise<readonly string[]> {
    await page.evaluate(axe.source);
    const found = await page.evaluate<{ passes: number; violations: string[] }>(
      `axe.run(document, { resultTypes: ['violations'] }).then(({ passes, violations }) => ({
        passes: passes.length,
        violations: violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' ')),
      }))`,
    );
    expect(found.passes).toBeGreaterThan(15);
    return found.violations;
  }

  it.each([
    ['light', { dark: false }],
    ['dark', { dark: true }],
    ['on a phone', { width: 360, height: 740 }],
  ])('is accessible, %s', { timeout: 60_000 }, async (_, options) => {
    expect(await violations(await open(options))).toEqual([]);
  });

  it('fits a phone: the page itself does not scroll sideways', { timeout: 60_000 }, async () => {
    const page = await open({ width: 360, height: 740 });
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
  });

  it('prints on paper: nothing is cut off at the side', { timeout: 60_000 }, async () => {
    const page = await open({ width: 794, height: 1_123 });
    await page.emulateMedia({ media: 'print' });
    const hidden = await page.evaluate<number>(
      "[...document.querySelectorAll('.scroll')].filter((each) => each.scrollWidth > each.clientWidth + 1).length",
    );
    expect(hidden).toBe(0);
    expect(await page.locator('nav').isVisible()).toBe(false);
  });

  it('executes, fetches and links nothing of what came from outside', { timeout: 60_000 }, async () => {
    const { context, close } = await openChromium();
    ends.push(close);
    const asked: string[] = [];
    const page = await context.newPage();
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(address);
    expect(await page.title()).toBe('pdf-renderer, run r-test');
    expect(asked).toEqual([address]);
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.locator('a:not([href^="#"])').count()).toBe(0);
    expect(await page.locator('script').count()).toBe(1);
    expect(await page.locator('script').getAttribute('type')).toBe('application/json');
    await expect(
      page
        .locator('script')
        .textContent()
        .then((data) => JSON.parse(data ?? '').run),
    ).resolves.toBe('r-test');
  });

  it('has headings in order', { timeout: 60_000 }, async () => {
    const page = await open({});
    const levels = await page.evaluate<number[]>(
      "[...document.querySelectorAll('h1,h2,h3,h4')].map((each) => Number(each.tagName.slice(1)))",
    );
    expect(levels[0]).toBe(1);
    for (const [index, level] of levels.entries())
      if (index > 0) expect(level).toBeLessThanOrEqual((levels[index - 1] ?? 0) + 1);
  });
});
