import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { fencedBlocks } from './fenced-blocks.ts';
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

it('docs/install-teams.md packs what is in the folder, all of it', () => {
  const command =
    fencedBlocks(readPage('docs/install-teams.md')).find(({ text }) => text.includes('zipfile'))?.text ?? '';
  const [, folder = '', files = ''] = /cd (\S+) && .* execfmt-teams\.zip (.*)$/.exec(command) ?? [];
  expect(files.split(' ').sort()).toEqual(
    readdirSync(join(ROOT, folder))
      .filter((name) => !name.endsWith('.zip'))
      .sort(),
  );
});
