import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isKind, type Place } from '../../adapters/chat/teams/place.ts';
import { readCommand } from '../../src/app/read-command.ts';

const folder = resolve(import.meta.dirname, '../../deploy/teams');
const manifest = JSON.parse(readFileSync(resolve(folder, 'manifest.json'), 'utf8'));
const [bot, ...others] = manifest.bots;

/** The manifest's names of the kinds of conversations that are served. */
const SCOPES: Record<Place['kind'], string> = { channel: 'team', groupChat: 'groupChat', personal: 'personal' };

/** Width and height out of a PNG's header. */
function sizeOf(file: string): readonly number[] {
  const bytes = readFileSync(resolve(folder, file));
  expect(bytes.subarray(1, 4).toString()).toBe('PNG');
  return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
}

describe('the manifest for Teams', () => {
  it('has the scopes that are served, and no others', () => {
    expect(Object.keys(SCOPES).every(isKind)).toBe(true);
    expect(others).toEqual([]);
    expect(bot.scopes.toSorted()).toEqual(Object.values(SCOPES).toSorted());
    for (const { scopes } of bot.commandLists) expect(scopes.toSorted()).toEqual(bot.scopes.toSorted());
  });

  it('asks for nothing that is not used', () => {
    expect(bot).toMatchObject({ supportsFiles: true, supportsCalling: false, supportsVideo: false });
    for (const key of ['authorization', 'webApplicationInfo', 'composeExtensions', 'staticTabs', 'configurableTabs'])
      expect(manifest).not.toHaveProperty(key);
  });

  it('suggests commands that are understood, within Teams’ limits', () => {
    const commands: { title: string; description: string }[] = bot.commandLists[0].commands;
    expect(commands.length).toBeLessThanOrEqual(10);
    for (const { title, description } of commands) {
      expect(readCommand(title).kind, title).not.toBe('unreadable');
      expect([title.length <= 32, description.length <= 128]).toEqual([true, true]);
    }
    expect(new Set(commands.map(({ title }) => readCommand(title).kind))).toEqual(
      new Set(['diagnose', 'status', 'check', 'transcript', 'again', 'list', 'help']),
    );
  });

  it('keeps to the lengths and sizes that Teams takes', () => {
    const { name, description, icons, id } = manifest;
    expect([name.short.length <= 30, name.full.length <= 100]).toEqual([true, true]);
    expect([description.short.length <= 80, description.full.length <= 4000]).toEqual([true, true]);
    expect([sizeOf(icons.color), sizeOf(icons.outline)]).toEqual([
      [192, 192],
      [32, 32],
    ]);
    expect(id).toBe(bot.botId);
  });
});
