import { describe, expect, it } from 'vitest';
import { pulledDigest, repositoryOf } from '../../src/playbook/instance-evidence.ts';
import { argvOf } from '../../src/playbook/other-workloads.ts';
import { describePlace, estateOf, type Place } from '../../src/playbook/place.ts';
import { quote } from '../../src/playbook/quote.ts';

const pod: Place = {
  kind: 'kubernetes',
  cluster: 'prod',
  namespace: 'docs',
  workload: 'deployment/pdf',
  pod: 'pdf-1',
  container: 'render',
  node: 'n1',
};

describe('a place', () => {
  it('has a short name and an estate', () => {
    const container: Place = { kind: 'docker', host: 'render-01', container: 'pdf' };
    expect([describePlace(container), estateOf(container)]).toEqual(['pdf on render-01', 'render-01']);
    expect([describePlace(pod), estateOf(pod)]).toEqual(['docs/pdf-1 (render) on prod', 'prod']);
  });
});

describe('the repository of a reference', () => {
  it.each([
    ['pdf', 'pdf'],
    ['pdf:v3', 'pdf'],
    ['registry.corp.io:5000/pdf', 'registry.corp.io:5000/pdf'],
    ['registry.corp.io:5000/pdf:v3', 'registry.corp.io:5000/pdf'],
    ['registry.corp.io/pdf:v3@sha256:abc', 'registry.corp.io/pdf'],
    ['registry.corp.io/pdf@sha256:abc', 'registry.corp.io/pdf'],
  ])('%s is %s', (reference, repository) => expect(repositoryOf(reference)).toBe(repository));
});

describe('the digest that an image was pulled by', () => {
  const image = (...repoDigests: string[]) => ({
    id: 'i',
    tags: [],
    repoDigests,
    platform: { os: 'linux', architecture: 'amd64', variant: null },
    createdAt: null,
  });
  it('is that of the repository that the instance names', () => {
    expect(pulledDigest(image('r/pdf-2@sha256:a', 'r/pdf@sha256:b'), 'r/pdf')).toBe('sha256:b');
  });
  it('is the first one when it was pulled by other names only', () => {
    expect(pulledDigest(image('x/pdf@sha256:a', 'y/pdf@sha256:b'), 'r/pdf')).toBe('sha256:a');
  });
  it('is none when it was built or loaded there', () => expect(pulledDigest(image(), 'r/pdf')).toBeNull());
});

describe('what a pod executes', () => {
  const image = { entrypoint: ['/entry'], cmd: ['serve'] };
  const overrides = { command: [], args: [], user: null, path: null, workingDir: '' };
  it.each<[string, object, string[]]>([
    ['is the image’s entrypoint and cmd', {}, ['/entry', 'serve']],
    ['has its own arguments in place of the cmd', { args: ['-v'] }, ['/entry', '-v']],
    ['has its own command in place of both', { command: ['/sh'] }, ['/sh']],
    ['has its own command and arguments', { command: ['/sh'], args: ['-v'] }, ['/sh', '-v']],
  ])('%s', (_what, set, argv) => expect(argvOf({ ...overrides, ...set }, image)).toEqual(argv));
});

describe('a quotation in a sentence', () => {
  it.each([
    ['stands in marks', 'a b', 10, '“a b”'],
    ['is one line', ' a\r\n\tb\u001b[m ', 20, '“a b [m”'],
    ['turns no writing round', 'a\u202eb', 10, '“a b”'],
    ['is whole up to its length', 'abcde', 5, '“abcde”'],
    ['is cut beyond', 'abcdef', 5, '“abcd…”'],
  ])('%s', (_what, text, longest, quoted) => expect(quote(text, longest)).toBe(quoted));
});
