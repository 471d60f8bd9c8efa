import { expect, it } from 'vitest';
import { createBoltLog, scrub } from '../../../adapters/chat/slack/bolt-log.ts';
import { createLog } from './start-chat.ts';

it.each([
  ['token xoxb-12-ab_C.d failed', 'token [secret] failed'],
  ['xapp-1-A0-x', '[secret]'],
  ['the secret is hunter2.', 'the secret is [secret].'],
  ['wss://wss.slack.com/link/?ticket=abc&app_id=1 closed', 'wss://wss.slack.com/link/?[…] closed'],
  ['https://hooks.slack.com/commands/T1/2/abc', 'https://hooks.slack.com/[…]'],
])('scrubs %s', (text, clean) => expect(scrub(text, ['hunter2', ''])).toBe(clean));

it('passes on what is said at info and above, without objects', () => {
  const { log, lines } = createLog();
  const bolt = createBoltLog(log, ['hunter2']);
  bolt.debug('a whole payload');
  bolt.warn('careful', { payload: 'private' });
  bolt.error(new TypeError('hunter2 is wrong'));
  expect(lines.map(({ level, message }) => [level, message])).toEqual([
    ['warn', 'careful'],
    ['error', 'TypeError: [secret] is wrong'],
  ]);
});
