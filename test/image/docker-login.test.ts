import { describe, expect, it } from 'vitest';
import { loginsOfPullSecret } from '../../src/image/docker-login.ts';

const bytes = (value: unknown) => new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
const base64 = (text: string) => Buffer.from(text).toString('base64');
const password = { kind: 'password', username: 'bot', password: 'pass:wörd' };

describe('loginsOfPullSecret', () => {
  it('reads a .dockerconfigjson', () => {
    const auths = {
      'registry.corp.io/team': { auth: base64('bot:pass:wörd') },
      'https://index.docker.io/v1/': { username: 'bot', password: 'pass:wörd', email: 'a@b' },
      'acr.example': { auth: base64('00000000:'), identitytoken: 'refresh' },
      'token.example': { registrytoken: 'take-me' },
    };
    expect(loginsOfPullSecret('kubernetes.io/dockerconfigjson', bytes({ auths, credsStore: 'desktop' }))).toEqual([
      { scope: 'registry.corp.io/team', credentials: password },
      { scope: 'https://index.docker.io/v1/', credentials: password },
      { scope: 'acr.example', credentials: { kind: 'identity-token', token: 'refresh' } },
      { scope: 'token.example', credentials: { kind: 'registry-token', token: 'take-me' } },
    ]);
  });

  it('reads the older .dockercfg, which has no auths around it', () => {
    const secret = { 'registry.corp.io': { auth: `${base64('bot:pass:wörd')}\n` } };
    expect(loginsOfPullSecret('kubernetes.io/dockercfg', bytes(secret))).toEqual([
      { scope: 'registry.corp.io', credentials: password },
    ]);
  });

  it.each([
    ['nothing', {}],
    ['no object', 'x'],
    ['no base64', { auth: '%%%' }],
    ['no colon', { auth: base64('bot') }],
    ['no name', { auth: base64(':secret') }],
    ['no password', { username: 'bot' }],
    ['a token that is no header', { registrytoken: 'a\r\nx-evil: 1' }],
    ['numbers', { username: 1, password: 2 }],
  ])('leaves out an entry with %s', (_what, entry) => {
    expect(loginsOfPullSecret('kubernetes.io/dockerconfigjson', bytes({ auths: { x: entry } }))).toEqual([]);
  });

  it.each([
    ['no JSON', bytes('hunter2')],
    ['a list', bytes('[]')],
    ['far too much', new Uint8Array(1024 * 1024 + 1).fill(0x20)],
    ['bytes that are no text', new Uint8Array([0xff, 0xfe, 0x00])],
  ])('is null for %s', (_what, secret) => {
    expect(loginsOfPullSecret('kubernetes.io/dockerconfigjson', secret)).toBeNull();
  });

  it('takes a configuration without logins for one with none', () => {
    expect(loginsOfPullSecret('kubernetes.io/dockerconfigjson', bytes({}))).toEqual([]);
  });
});
