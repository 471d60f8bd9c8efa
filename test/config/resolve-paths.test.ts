import { expect, it } from 'vitest';
import { parseConfig } from '../../src/config/parse-config.ts';
import { resolvePaths } from '../../src/config/resolve-paths.ts';
import { FULL_EXAMPLE } from './full-example.ts';

function resolved(text: string, dir: string, home?: string) {
  const parsed = parseConfig(text, 'f');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.mistakes));
  return resolvePaths(parsed.config, dir, home);
}

it('makes every path absolute that the file names', () => {
  const config = resolved(FULL_EXAMPLE, '/etc/execfmt');
  expect(config.hosts[1]?.tls).toEqual({
    ca: '/etc/execfmt/ca.pem',
    cert: '/etc/execfmt/cert.pem',
    key: '/etc/execfmt/key.pem',
  });
  expect(config.clusters[0]?.kubeconfig).toBe('/etc/execfmt/kubeconfig');
  expect(config.registries[0]?.ca).toBe('/etc/execfmt/corp-ca.pem');
  expect(config.registries[0]?.credentials?.password).toEqual({ kind: 'env', name: 'REGISTRY_PASSWORD' });
  expect(config.ci[0]?.ca).toBe('/etc/execfmt/corp-ca.pem');
  expect(config.ci[1]?.token).toEqual({ kind: 'file', path: '/etc/execfmt/secrets/github' });
  expect(config.chat.web?.people[1]?.token).toEqual({ kind: 'file', path: '/etc/execfmt/secrets/page-token' });
  expect(config.store).toEqual({ kind: 'sqlite', path: '/etc/execfmt/data/execfmt.db' });
});

it.each([
  ['sqlite:../x.db', '/a/b/', '/a/x.db'],
  ['sqlite:../../../x.db', '/a', '/x.db'],
  ['sqlite:/abs/x.db', '/a', '/abs/x.db'],
  ['sqlite:x.db', '/', '/x.db'],
  ['sqlite:./d/x.db', 'C:\\conf', 'C:\\conf\\d\\x.db'],
  ['sqlite:D:\\x.db', '/a', 'D:\\x.db'],
  ['sqlite:~/x.db', '/a', '/home/ops/x.db'],
  ['sqlite::memory:', '/a', ':memory:'],
])('%s in %s is %s', (store, dir, path) => {
  expect(resolved(`store: ${JSON.stringify(store)}`, dir, '/home/ops').store).toEqual({ kind: 'sqlite', path });
});
