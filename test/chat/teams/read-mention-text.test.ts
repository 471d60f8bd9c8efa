import { expect, it } from 'vitest';
import { readMentionText } from '../../../adapters/chat/teams/read-mention-text.ts';

const AT = '<at>execfmt</at>';

it.each([
  [`${AT} pdf-renderer on render-01`, 'pdf-renderer on render-01'],
  [`${AT}&nbsp;pdf-renderer\n`, 'pdf-renderer'],
  [`good morning ${AT} pdf-renderer`, 'pdf-renderer'],
  [`${AT} pdf-renderer <at>Anna</at>`, 'pdf-renderer Anna'],
  [`${AT} a &lt;b&gt; &amp;amp; c`, 'a <b> &amp; c'],
  [`${AT}`, ''],
  [`${AT} /execfmt list`, '/execfmt list'],
])('reads %j after the mention', (text, asked) => expect(readMentionText(text, [AT])).toBe(asked));

it.each([
  ['pdf-renderer', 'pdf-renderer'],
  ['@execfmt pdf-renderer', 'pdf-renderer'],
  ['<at>execfmt</at> pdf-renderer', 'execfmt pdf-renderer'],
])('takes the whole of %j without one', (text, asked) => expect(readMentionText(text, [])).toBe(asked));

it('is not slow with any text', () => {
  expect(readMentionText(`${'<at'.repeat(100_000)}`, ['']).length).toBeLessThan(2001);
});
