import { describe, expect, it } from 'vitest';
import { atDigest, parseImageName } from '../../src/image/image-name.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;

describe('an image’s name', () => {
  it.each([
    ['nginx', { kind: 'registry', reference: 'nginx' }],
    [' registry.corp.io/a/b:v1 ', { kind: 'registry', reference: 'registry.corp.io/a/b:v1' }],
    ['docker://nginx:1', { kind: 'registry', reference: 'nginx:1' }],
    ['oci-images/x:1', { kind: 'registry', reference: 'oci-images/x:1' }],
    ['docker-daemon:x:1', { kind: 'docker-daemon', reference: 'x:1' }],
    ['docker-archive:saved.tar', { kind: 'docker-archive', path: 'saved.tar', reference: '' }],
    ['docker-archive:a/saved.tar:x/y:1', { kind: 'docker-archive', path: 'a/saved.tar', reference: 'x/y:1' }],
    ['oci-archive:/x.tar:v1', { kind: 'oci-archive', path: '/x.tar', reference: 'v1' }],
    ['oci:layout:v1', { kind: 'oci', path: 'layout', reference: 'v1' }],
    ['oci:C:\\images\\x:v1', { kind: 'oci', path: 'C:\\images\\x', reference: 'v1' }],
    ['dir:a:b', { kind: 'dir', path: 'a:b', reference: '' }],
  ])('%s is read as skopeo reads it', (text, name) => expect(parseImageName(text)).toEqual({ kind: 'name', name }));

  it.each(['', 'docker://', 'docker-daemon:', 'oci:', 'docker-archive::x', 'containers-storage:x', 'https://x/y'])(
    '%j is refused with a reason',
    (text) => expect(parseImageName(text)).toMatchObject({ kind: 'invalid', reason: expect.stringMatching(/./) }),
  );

  it('can be asked for again by a digest', () => {
    expect(atDigest('x:v1', DIGEST)).toBe(`x:v1@${DIGEST}`);
    expect(atDigest(`x@sha256:${'b'.repeat(64)}`, DIGEST)).toBe(`x@${DIGEST}`);
    expect(atDigest('', DIGEST)).toBe(`@${DIGEST}`);
  });
});
