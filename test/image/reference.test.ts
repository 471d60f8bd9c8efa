import { describe, expect, it } from 'vitest';
import { formatReference, isDigest, parseReference, repositoryName, withDigest } from '../../src/image/reference.ts';

const SHA = `sha256:${'a1'.repeat(32)}`;

function read(text: string) {
  const result = parseReference(text);
  if (result.kind === 'invalid') throw new Error(`${text}: ${result.reason}`);
  return result.reference;
}

describe('parseReference', () => {
  it.each([
    ['nginx', 'docker.io', 'library/nginx', 'latest', null],
    ['nginx:1.27', 'docker.io', 'library/nginx', '1.27', null],
    ['grafana/grafana', 'docker.io', 'grafana/grafana', 'latest', null],
    ['docker.io/nginx', 'docker.io', 'library/nginx', 'latest', null],
    ['index.docker.io/library/nginx', 'docker.io', 'library/nginx', 'latest', null],
    ['registry.corp.io/pdf-renderer:v3', 'registry.corp.io', 'pdf-renderer', 'v3', null],
    ['registry.corp.io:5000/a/b__c/d-e', 'registry.corp.io:5000', 'a/b__c/d-e', 'latest', null],
    ['localhost/x', 'localhost', 'x', 'latest', null],
    ['localhost:5000/x:y', 'localhost:5000', 'x', 'y', null],
    ['127.0.0.1:5000/x', '127.0.0.1:5000', 'x', 'latest', null],
    ['[fd00::1]:5000/x:v1', '[fd00::1]:5000', 'x', 'v1', null],
    ['[::1]/x', '[::1]', 'x', 'latest', null],
    ['Registry/x', 'registry', 'x', 'latest', null],
    [`corp.io/x@${SHA}`, 'corp.io', 'x', null, SHA],
    [`corp.io:1/x:v1@${SHA}`, 'corp.io:1', 'x', 'v1', SHA],
    ['  nginx:1 ', 'docker.io', 'library/nginx', '1', null],
  ])('%s', (text, registry, repository, tag, digest) => {
    expect(read(text)).toEqual({ written: text.trim(), registry, repository, tag, digest });
  });

  it.each([
    '',
    'Nginx',
    'corp.io/Upper',
    'corp.io//x',
    'corp.io/',
    '/x',
    'x/',
    'a..b',
    'a___b',
    '-a',
    'x:',
    'x:.tag',
    `x:${'t'.repeat(129)}`,
    'x@',
    'x@sha256:abc',
    `x@md5:${'a'.repeat(32)}`,
    `x@${SHA}@${SHA}`,
    `x@${SHA.toUpperCase()}`,
    'a1'.repeat(32),
    'corp.io:99999/x',
    'corp.io:port/x',
    '[::zz]:1/x',
    'x y',
    'https://corp.io/x',
    `corp.io/${'a'.repeat(256)}`,
    'corp.io/../x',
    'corp.io/x?y',
    'corp.io@evil/x',
  ])('refuses %j with a reason', (text) => {
    expect(parseReference(text)).toEqual({ kind: 'invalid', reason: expect.stringMatching(/\w/) });
  });
});

describe('names', () => {
  it.each([
    ['nginx', 'nginx', 'nginx:latest'],
    ['docker.io/library/nginx:1', 'nginx', 'nginx:1'],
    ['grafana/grafana', 'grafana/grafana', 'grafana/grafana:latest'],
    ['docker.io/library/a/b', 'docker.io/library/a/b', 'docker.io/library/a/b:latest'],
    ['localhost:5000/x:y', 'localhost:5000/x', 'localhost:5000/x:y'],
    [`corp.io/x:v1@${SHA}`, 'corp.io/x', `corp.io/x:v1@${SHA}`],
    [`corp.io/x@${SHA}`, 'corp.io/x', `corp.io/x@${SHA}`],
  ])('%s is written %s and %s, which means the same', (text, repository, whole) => {
    const reference = read(text);
    expect(repositoryName(reference)).toBe(repository);
    expect(formatReference(reference)).toBe(whole);
    expect(read(whole)).toEqual({ ...reference, written: whole });
  });

  it('names a digest completely', () => {
    expect(withDigest(read('nginx:1'), SHA)).toBe(`docker.io/library/nginx@${SHA}`);
    expect(read(withDigest(read('corp.io/x:v1'), SHA))).toMatchObject({ registry: 'corp.io', digest: SHA, tag: null });
  });

  it('knows digests it can verify', () => {
    expect(isDigest(SHA)).toBe(true);
    expect(isDigest(`sha512:${'0'.repeat(128)}`)).toBe(true);
    for (const odd of ['', 'sha256', `sha256:${'A1'.repeat(32)}`, `sha1:${'a'.repeat(40)}`, 'toString:x']) {
      expect(isDigest(odd), odd).toBe(false);
    }
  });
});
