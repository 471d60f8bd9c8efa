import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { ROOT, readPage } from './pages.ts';

const manifest = parse(readFileSync(join(ROOT, 'deploy/slack/manifest.yaml'), 'utf8')) as {
  readonly oauth_config: { readonly scopes: { readonly bot: readonly string[] } };
};

it.each(manifest.oauth_config.scopes.bot)('docs/install-slack.md says what the scope %s is for', (scope) => {
  const rows = readPage('docs/install-slack.md')
    .split('\n')
    .filter((line) => line.startsWith('| `'));
  expect(rows.filter((row) => row.split(' | ')[0]?.includes(`\`${scope}\``))).toHaveLength(1);
});
