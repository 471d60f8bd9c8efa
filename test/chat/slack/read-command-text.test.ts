import { expect, it } from 'vitest';
import { readPress } from '../../../adapters/chat/slack/press-value.ts';
import { readCommandText, readMentionText } from '../../../adapters/chat/slack/read-command-text.ts';

it.each([
  [' pdf-renderer ', 'pdf-renderer'],
  ['<http://registry.corp.io/pdf:v3|registry.corp.io/pdf:v3>', 'registry.corp.io/pdf:v3'],
  ['<https://registry.corp.io/pdf>', 'https://registry.corp.io/pdf'],
  ['a &amp;lt; b', 'a &lt; b'],
  ['', ''],
])('reads “%s” as it was typed', (text, typed) => expect(readCommandText(text)).toBe(typed));

it.each([
  ['<@U0BOT> pdf', 'pdf'],
  ['please <@U0BEN>, <@U0BOT|execfmt>: pdf', ': pdf'],
  ['<@U0BOT>', ''],
  ['pdf', 'pdf'],
])('reads “%s” after the mention', (text, typed) => expect(readMentionText(text, 'U0BOT')).toBe(typed));

it.each([
  undefined,
  7,
  'x',
  'null',
  '[]',
  '{}',
  '{"action":"rm","run":"r","subject":"s","hash":null}',
  '{"action":"approve","run":1,"subject":"s","hash":null}',
  '{"action":"approve","run":"r","subject":"s"}',
  `{"action":"approve","run":"${'r'.repeat(2000)}","subject":"s","hash":null}`,
])('finds no press in %j', (value) => expect(readPress(value)).toBeNull());

it('takes nothing from a press but its four fields', () => {
  const value = '{"action":"approve","run":"r","subject":"s","hash":"h","admin":true}';
  expect(readPress(value)).toEqual({ action: 'approve', run: 'r', subject: 's', hash: 'h' });
});
