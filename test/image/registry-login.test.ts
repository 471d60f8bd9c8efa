import { describe, expect, it } from 'vitest';
import { fittingLogins, type RegistryLogin } from '../../src/image/registry-login.ts';

const login = (scope: string): RegistryLogin => ({ scope, credentials: { kind: 'registry-token', token: scope } });
const fitting = (scopes: string[], registry: string, repository = 'team/render') =>
  fittingLogins(scopes.map(login), registry, repository).map((found) => found.kind === 'registry-token' && found.token);

describe('fittingLogins', () => {
  it.each<[string, string, string]>([
    ['registry.corp.io', 'registry.corp.io', 'x'],
    ['Registry.Corp.io', 'registry.corp.io', 'x'],
    ['https://registry.corp.io', 'registry.corp.io', 'x'],
    ['https://registry.corp.io/v1/', 'registry.corp.io', 'x'],
    ['registry.corp.io/v2', 'registry.corp.io', 'x'],
    ['registry.corp.io:5000', 'registry.corp.io:5000', 'x'],
    ['registry.corp.io/team', 'registry.corp.io', 'team/render'],
    ['registry.corp.io/team/', 'registry.corp.io', 'team/render'],
    ['*.corp.io', 'registry.corp.io', 'x'],
    ['*.*.io', 'registry.corp.io', 'x'],
    ['reg*ry.corp.io', 'registry.corp.io', 'x'],
    ['r*g*s*y.corp.io:5000/team', 'registry.corp.io:5000', 'team/x'],
    ['[::1]:5000', '[::1]:5000', 'x'],
    ['https://index.docker.io/v1/', 'docker.io', 'library/nginx'],
    ['registry-1.docker.io', 'docker.io', 'library/nginx'],
    ['docker.io', 'docker.io', 'library/nginx'],
  ])('%s is for %s', (scope, registry, repository) => {
    expect(fitting([scope], registry, repository)).toEqual([scope]);
  });

  it.each<[string, string, string]>([
    ['corp.io', 'registry.corp.io', 'x'],
    ['registry.corp.io.evil.example', 'registry.corp.io', 'x'],
    ['registry.corp.io', 'registry.corp.io:5000', 'x'],
    ['registry.corp.io:5000', 'registry.corp.io', 'x'],
    ['registry.corp.io/team', 'registry.corp.io', 'other/render'],
    ['*.io', 'registry.corp.io', 'x'],
    ['*', 'registry.corp.io', 'x'],
    ['*.corp.io', 'corp.io', 'x'],
    ['*.corp.io', 'registry.corp.io:5000', 'x'],
    ['reg*gistry.corp.io', 'registry.corp.io', 'x'],
    ['a*b*c.corp.io', 'acb.corp.io', 'x'],
    ['', 'registry.corp.io', 'x'],
  ])('%s is not for %s', (scope, registry, repository) => {
    expect(fitting([scope], registry, repository)).toEqual([]);
  });

  it('gives the most specific first, and equals in their order', () => {
    const scopes = ['*.corp.io', 'registry.corp.io', 'registry.corp.io/team', 'https://registry.corp.io'];
    expect(fitting(scopes, 'registry.corp.io')).toEqual([
      'registry.corp.io/team',
      'registry.corp.io',
      'https://registry.corp.io',
      '*.corp.io',
    ]);
  });
});
