import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** WCAG 2.2, A and AA, and what axe counts as good practice. */
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

interface Found {
  readonly violations: readonly {
    id: string;
    help: string;
    nodes: readonly { target: unknown; failureSummary?: string }[];
  }[];
  readonly passes: readonly unknown[];
}

/**
 * What axe-core finds wrong with a page as it is now, a line each; looked at from the top, where the bar that stays
 * there covers nothing. The source goes in by the debugger, which the page's security policy does not concern. Throws when axe
 * looked at nothing.
 */
export async function findViolations(page: Page): Promise<string[]> {
  if (!(await page.evaluate<boolean>("typeof axe === 'object'"))) await page.evaluate(axe.source);
  const options = JSON.stringify({ runOnly: TAGS });
  await page.evaluate("for (const each of document.querySelectorAll('*')) each.scrollTop = 0");
  const { violations, passes } = await page.evaluate<Found>(`axe.run(document, ${options})`);
  if (passes.length < 10) throw new Error('axe has looked at nothing');
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} (${help}) at ${JSON.stringify(target)}: ${failureSummary ?? ''}`),
  );
}
