import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Button } from '../../../src/view/card.ts';
import { openChromium } from '../../e2e/chromium.ts';
import { suite } from '../../lab/requirements.ts';
import { findFaintText } from './find-faint-text.ts';
import { findViolations } from './find-violations.ts';
import { type OpenPage, openPage } from './open-page.ts';
import { diagnosis, type Moment, openedView, proposed, put, RUN, rollback } from './pdf-renderer-story.ts';
import { ScriptedApplication } from './scripted-application.ts';
import { formOf, postForm } from './send-request.ts';

const ADA = { name: 'ada', token: 'ada-token-0123456789' };
const WIDTHS = [1280, 360];

const ASKING: Button = {
  label: 'Decline with a reason',
  style: 'plain',
  press: { action: 'decline', run: RUN, subject: 'p1', hash: 'h1' },
  confirm: null,
  ask: { title: 'Decline this rollback?', label: 'Why (may be empty)', ok: 'Decline it' },
};

/** A question with a line, beside the others of a plan. */
const asking: Moment = (view) => {
  const plan = view.replies.find(({ key }) => key === 'plan:p1')!;
  return put(view, plan.key, '09:15:10.000', { ...plan.card, buttons: [...plan.card.buttons, ASKING] });
};

suite('the page for everybody', ['chromium'], () => {
  let application: ScriptedApplication;
  let open: OpenPage;
  let closed: OpenPage;
  let browser: BrowserContext;
  let close: () => Promise<void>;
  let page: Page;

  beforeAll(async () => {
    ({ context: browser, close } = await openChromium());
    page = browser.pages()[0] ?? (await browser.newPage());
  });
  afterAll(() => close());
  beforeEach(async () => {
    await open?.close();
    await closed?.close();
    application = new ScriptedApplication();
    open = await openPage(application);
    closed = await openPage(application, { people: [ADA], practice: null });
    await browser.clearCookies();
  });
  afterAll(async () => {
    await open.close();
    await closed.close();
  });

  const tell = (...moments: Moment[]) =>
    application.show(
      moments.reduce((view, moment) => moment(view), openedView()),
      '2026-11-21T09:14:01.000Z',
    );
  const message = (title: string) => page.getByRole('article', { name: title });
  const active = () => page.evaluate<string>('document.activeElement.id');

  /** No violation, no faint text, nothing wider than the screen: wide and narrow, light and dark. */
  async function expectGood(): Promise<void> {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 800 });
        const where = `${colorScheme}, ${width} px`;
        expect(await findViolations(page), where).toEqual([]);
        expect(await findFaintText(page), where).toEqual([]);
        expect(await page.evaluate('document.documentElement.scrollWidth'), where).toBe(width);
      }
    }
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize({ width: 1280, height: 800 });
  }

  const SLOW = { timeout: 60_000 };

  it('has no violations before the first run', SLOW, async () => {
    await page.goto(open.base);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await expectGood();
  });

  it('has none while a run goes on', SLOW, async () => {
    tell(...diagnosis.slice(0, 2));
    await page.goto(`${open.base}/runs/${RUN}`);
    await page.getByText('execfmt is at work').waitFor();
    await expectGood();
  });

  it('has none at the verdict, with everything unfolded', SLOW, async () => {
    tell(...diagnosis);
    await page.goto(`${open.base}/runs/${RUN}`);
    await page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true");
    await expectGood();
  });

  it('has none while a plan waits, nor in its questions', SLOW, async () => {
    tell(...diagnosis, proposed, asking);
    await page.goto(`${open.base}/runs/${RUN}`);
    await expectGood();
    await page.getByRole('button', { name: 'Approve', exact: true }).click();
    await page.getByRole('dialog', { name: 'Approve this rollback?' }).waitFor();
    await expectGood();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Decline with a reason' }).click();
    await page.getByRole('dialog', { name: 'Decline this rollback?' }).waitFor();
    await expectGood();
  });

  it('has none on the question’s own page, for browsers without scripts', SLOW, async () => {
    tell(...diagnosis, proposed, asking);
    for (const query of [
      `action=approve&subject=p1&hash=${'f2a4c6e8'.repeat(8)}`,
      'action=decline&subject=p1&hash=h1',
    ]) {
      await page.goto(`${open.base}/runs/${RUN}/confirm?${query}`);
      await page.getByRole('heading', { level: 1, name: 'this rollback?' }).waitFor();
      await expectGood();
    }
  });

  it('has none at the recovery, nor with a private answer', SLOW, async () => {
    tell(...diagnosis, proposed, ...rollback);
    await page.goto(`${open.base}/runs/${RUN}`);
    await message('Recovered: pdf-renderer').waitFor();
    await page.getByText('Approvals: 2 entries').click();
    await expectGood();
    await page.getByLabel('Command', { exact: true }).fill('nobody');
    await page.keyboard.press('Enter');
    await page.getByText('Only you see this').waitFor();
    await expectGood();
  });

  it('has none in the list of runs, nor in a search that finds nothing', SLOW, async () => {
    for (let number = 0; number < 60; number += 1)
      application.show(
        { ...openedView(), run: `r-${number}`, target: `service-${number}` },
        '2026-11-20T16:40:12.000Z',
      );
    tell(...diagnosis);
    await page.goto(`${open.base}/runs`);
    await page.getByRole('link', { name: 'Show more' }).waitFor();
    await expectGood();
    await page.getByRole('searchbox').fill('no such thing');
    await page.keyboard.press('Enter');
    await page.getByText('No runs with').waitFor();
    await expectGood();
  });

  it('has none in the list that a narrow screen folds away', SLOW, async () => {
    tell(...diagnosis);
    await page.setViewportSize({ width: 360, height: 800 });
    await page.goto(open.base);
    await page.getByRole('button', { name: 'Runs' }).click();
    await page.getByRole('navigation', { name: 'Runs' }).waitFor();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await findViolations(page), colorScheme).toEqual([]);
    }
    await page.keyboard.press('Escape');
    expect(await page.getByRole('navigation', { name: 'Runs' }).isVisible()).toBe(false);
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Runs');
  });

  it('has none where nothing is, and where something broke', SLOW, async () => {
    await page.goto(`${open.base}/runs/r-none`);
    await page.getByRole('heading', { name: 'No such run' }).waitFor();
    await expectGood();
    application.runs = () => Promise.reject(new Error('disk'));
    await page.goto(open.base);
    await page.getByRole('heading', { name: 'That could not be done' }).waitFor();
    await expectGood();
  });

  it('has none at the sign-in, refused or not', SLOW, async () => {
    await page.goto(`${closed.base}/runs`);
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await expectGood();
    await page.getByLabel('Your token').fill('wrong');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    await expectGood();
    expect(await page.evaluate('document.activeElement.id')).toBe('token');
  });

  it('sees a violation where there is one', SLOW, async () => {
    await page.goto(open.base);
    await page.evaluate("document.querySelector('label[for=command]').remove(); document.documentElement.lang = ''");
    const found = (await findViolations(page)).join('\n');
    expect(found).toContain('html-has-lang');
    await page.evaluate("document.querySelector('.hint').style.color = 'color-mix(in srgb, canvas, gray 20%)'");
    expect((await findViolations(page)).join('\n')).toContain('color-contrast');
  });

  it('gives every state a language and a title of its own', async () => {
    tell(...diagnosis);
    const titles = new Set<string>();
    for (const path of [`/runs/${RUN}`, '/runs', '/runs?q=x', '/runs/r-none', '/nothing']) {
      await page.goto(open.base + path);
      titles.add(await page.title());
      expect(await page.getAttribute('html', 'lang')).toBe('en');
    }
    await page.goto(closed.base);
    titles.add(await page.title());
    expect([...titles]).toEqual([
      'pdf-renderer: wrong-platform-image · execfmt',
      'Runs · execfmt',
      'Runs with x · execfmt',
      'No such run · execfmt',
      'Nothing here · execfmt',
      'Sign in · execfmt',
    ]);
  });

  it('is gone through by keyboard: a question keeps the focus, Escape closes it and gives the focus back', async () => {
    tell(...diagnosis, proposed, asking);
    await page.goto(`${open.base}/runs/${RUN}`);
    await page.getByRole('button', { name: 'Approve', exact: true }).focus();
    const opener = await active();
    const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineStyle');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Decline');
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
    expect(outline).toBe('solid');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    const stops = new Set<string>();
    for (let count = 0; count < 6; count += 1) {
      await page.keyboard.press('Tab');
      stops.add(
        await page.evaluate<string>(
          "document.activeElement.closest('dialog') ? document.activeElement.textContent : ''",
        ),
      );
    }
    stops.delete('');
    expect([...stops].sort()).toEqual(['Approve rollback', 'Not now']);
    await page.keyboard.press('Escape');
    expect(await page.getByRole('dialog').count()).toBe(0);
    expect(await active()).toBe(opener);
    expect(application.handled).toEqual([]);
  });

  it('keeps what is being typed into a question while the thread changes, and sends it', async () => {
    tell(...diagnosis, proposed, asking);
    await page.goto(`${open.base}/runs/${RUN}`);
    await page.getByRole('button', { name: 'Decline with a reason' }).click();
    await page.keyboard.type('not before ');
    const plan = (await application.thread(RUN))!.replies.find(({ key }) => key === 'plan:p1')!;
    tell(...diagnosis, proposed, (view) =>
      put(view, 'plan:p1', '09:15:10.000', { ...plan.card, title: 'Now with more' }),
    );
    await page.getByRole('article', { name: 'Now with more', includeHidden: true }).waitFor({ state: 'attached' });
    await page.keyboard.type('ten o’clock');
    const field = page.getByLabel('Why (may be empty)');
    expect(await field.inputValue()).toBe('not before ten o’clock');
    await page.keyboard.press('Escape');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Decline with a reason');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await expect
      .poll(() => application.handled.at(-1)?.what)
      .toMatchObject({
        said: 'not before ten o’clock',
        press: ASKING.press,
      });
  });

  it('shows everybody at once what one has decided: buttons go, and an open question closes', async () => {
    tell(...diagnosis, proposed);
    await page.goto(`${open.base}/runs/${RUN}`);
    const other = await browser.newPage();
    await other.goto(`${open.base}/runs/${RUN}`);
    await other.getByRole('button', { name: 'Approve', exact: true }).click();
    await other.getByRole('dialog').waitFor();
    await page.bringToFront();
    await page.getByRole('button', { name: 'Approve', exact: true }).click();
    await page.getByRole('button', { name: 'Approve rollback' }).click();
    await page.getByText('Approved by Ada').waitFor();
    await other.bringToFront();
    await other.getByText('Approved by Ada').waitFor();
    for (const window of [page, other]) {
      expect(await window.getByRole('dialog').count()).toBe(0);
      expect(await window.getByRole('button', { name: 'Approve' }).count()).toBe(0);
      expect(await window.getByRole('button', { name: 'Decline' }).count()).toBe(0);
    }
    expect(await other.evaluate('document.activeElement.id')).toBe('scroller');
    expect(application.handled).toHaveLength(1);
    await other.close();
  });

  it('tells of new steps politely, and moves nothing for those who do not want it', async () => {
    tell(...diagnosis.slice(0, 1));
    await page.emulateMedia({ reducedMotion: 'no-preference' });
    await page.goto(`${open.base}/runs/${RUN}`);
    expect(await page.getAttribute('#news', 'aria-live')).toBe('polite');
    const moving = () => page.evaluate("getComputedStyle(document.querySelector('.dots i')).animationName");
    expect(await moving()).toBe('dot');
    await page.emulateMedia({ reducedMotion: 'reduce' });
    expect(await moving()).toBe('none');
    await page.waitForFunction("document.getElementById('connection').textContent === ''");
    tell(...diagnosis.slice(0, 2));
    await expect.poll(() => page.textContent('#news')).toContain('2. What the image says it is');
  });

  it('lets a person in, and out again in every window', async () => {
    tell(...diagnosis);
    await page.goto(`${closed.base}/runs/${RUN}`);
    await page.getByLabel('Your token').fill(ADA.token);
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/runs/${RUN}`);
    const port = Number(new URL(closed.base).port);
    const cookie = (await browser.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
    await page.waitForFunction("document.getElementById('connection').textContent === ''");
    await postForm(port, '/sign-out', formOf(await page.content(), '/sign-out'), { cookie });
    await page.waitForURL(`**/sign-in?to=%2Fruns%2F${RUN}`);
    await page.getByLabel('Your token').fill(ADA.token);
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/runs/${RUN}`);
    const other = await browser.newPage();
    await other.goto(`${closed.base}/runs?q=pdf`);
    await other.getByText('1 run').first().waitFor();
    await page.bringToFront();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL('**/sign-in');
    await other.waitForURL('**/sign-in?to=%2Fruns%3Fq%3Dpdf');
    await other.close();
  });
});
