import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { COMMAND_WORDS } from '../../src/app/read-command.ts';

const root = resolve(import.meta.dirname, '../..');
const adapter = join(root, 'adapters/chat/slack');

interface Manifest {
  readonly display_information: { readonly name: string; readonly description: string };
  readonly features: {
    readonly slash_commands: readonly {
      readonly command: string;
      readonly description: string;
      readonly usage_hint: string;
    }[];
  };
  readonly oauth_config: { readonly scopes: { readonly bot: readonly string[] } };
  readonly settings: {
    readonly event_subscriptions: { readonly bot_events: readonly string[] };
    readonly interactivity: { readonly is_enabled: boolean };
  };
}
const manifest = parse(readFileSync(join(root, 'deploy/slack/manifest.yaml'), 'utf8')) as Manifest;

/** What each method needs of a bot token, as its page of docs.slack.dev says; `auth.test` and `views.open` need nothing. */
const SCOPES: Readonly<Record<string, readonly string[]>> = {
  'auth.test': [],
  'views.open': [],
  'chat.postMessage': ['chat:write'],
  'chat.update': ['chat:write'],
  'chat.postEphemeral': ['chat:write'],
  'conversations.open': ['im:write'],
  'conversations.replies': ['channels:history', 'groups:history'],
  'conversations.history': ['channels:history', 'groups:history'],
  'files.getUploadURLExternal': ['files:write'],
  'files.completeUploadExternal': ['files:write'],
  'usergroups.users.list': ['usergroups:read'],
  'users.info': ['users:read'],
};

const called = new Set(
  readdirSync(adapter)
    .map((name) => readFileSync(join(adapter, name), 'utf8'))
    .flatMap((text) => [...text.matchAll(/\bclient\.((?:[a-z]+\.)+[a-zA-Z]+)\(/g)].map((match) => match[1] ?? '')),
);

describe('deploy/slack/manifest.yaml', () => {
  it('asks for the scopes of what is called, received and offered, and for no more', () => {
    const methods = [...called].filter((method) => !method.startsWith('start') && method.includes('.'));
    expect(methods.sort()).toEqual(Object.keys(SCOPES).sort());
    const needed = ['commands', 'app_mentions:read', ...methods.flatMap((method) => SCOPES[method] ?? [])];
    expect([...manifest.oauth_config.scopes.bot].sort()).toEqual([...new Set(needed)].sort());
  });

  it('lets buttons, modals and mentions arrive', () => {
    expect(manifest.settings.interactivity.is_enabled).toBe(true);
    expect(manifest.settings.event_subscriptions.bot_events).toEqual(['app_mention']);
  });

  it('names the commands, within Slack’s limits', () => {
    const [command, ...others] = manifest.features.slash_commands;
    expect(others).toEqual([]);
    expect(command?.command).toBe('/execfmt');
    expect(command?.usage_hint.length).toBeLessThanOrEqual(1000);
    for (const word of COMMAND_WORDS.filter((each) => each !== 'practice' && each !== 'diagnose'))
      expect(command?.usage_hint).toContain(word);
    expect(manifest.display_information.name.length).toBeLessThanOrEqual(35);
    expect(manifest.display_information.description.length).toBeLessThanOrEqual(140);
  });
});
