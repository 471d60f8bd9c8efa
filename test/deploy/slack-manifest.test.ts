import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const manifest = parse(readFileSync(new URL('../../deploy/slack/manifest.yaml', import.meta.url), 'utf8')) as {
  readonly oauth_config: { readonly scopes: { readonly bot: readonly string[] } };
};

describe('the manifest of the Slack app', () => {
  it.each(['channels:history', 'groups:history', 'users:read'])(
    'asks for %s, without which a transcript lacks the messages of its thread or their names',
    (scope) => expect(manifest.oauth_config.scopes.bot).toContain(scope),
  );
});
