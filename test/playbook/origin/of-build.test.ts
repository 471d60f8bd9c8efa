import { describe, expect, it } from 'vitest';
import type { Provenance } from '../../../src/image/provenance.ts';
import { failed, known } from '../../../src/playbook/answer.ts';
import type { BuildEvidence } from '../../../src/playbook/build-evidence.ts';
import { originByBuild } from '../../../src/playbook/origin/of-build.ts';
import { readBuildLog } from '../../../src/playbook/read-build-log.ts';
import { ARM64, configFor, incident } from '../incident.ts';
import { missing } from '../sample-evidence.ts';

const built = (architecture: string | null, ...log: string[]) =>
  known<BuildEvidence>({
    ci: 'corp-gitlab',
    project: 'docs/pdf-renderer',
    matchedBy: 'revision',
    run: { id: '41', url: 'u', ref: 'v3', revision: 'a'.repeat(40), event: 'push' },
    job: {
      id: '7',
      name: 'build',
      url: 'https://gitlab/j/7',
      status: 'success',
      startedAt: null,
      finishedAt: null,
      runner: { name: 'runner-02', labels: [], architecture, os: null, unknownBecause: null },
    },
    log: known(readBuildLog(log.join('\n'), (text) => text)),
  });
const attested = (set: Partial<Provenance>) => known({ builder: null, builderPlatform: ARM64, ...set } as Provenance);
const labelled = (name: string) => configFor(ARM64, { config: { Labels: { other: 'x', [name]: 'true' } } });
const unmade = failed('not-found', 'corp-gitlab', 'no pipeline of docs/pdf-renderer is of it');
type Rest = Parameters<typeof incident>[0];
const origin = (rest: Rest) => originByBuild(incident(rest), ARM64);

describe('how an image for arm64 was built', () => {
  it('is by the machine that the CI server knows', () => {
    expect(origin({ build: built('arm64') })).toEqual({
      kind: 'built-on-other-arch',
      confidence: 'likely',
      because:
        'corp-gitlab knows the runner runner-02 as arm64: the job build of v3 built it there (https://gitlab/j/7).',
    });
  });

  it('is told with what contradicts', () => {
    expect(origin({ build: built('arm64', 'built amd64/linux') })?.because).toMatch(
      /\(https:\/\/gitlab\/j\/7\)\. Line 1 of the log says “built amd64\/linux”, but corp-gitlab knows/,
    );
  });

  it('is as sure as what tells it', () => {
    expect(origin({ build: built(null, '$ uname -m', 'aarch64') })).toMatchObject({ confidence: 'possible' });
  });

  it('is attested by the builder', () => {
    expect(origin({ provenance: attested({ builder: 'https://builder' }) })).toEqual({
      kind: 'built-on-other-arch',
      confidence: 'likely',
      because: 'its builder attests that it was built on linux/arm64 (https://builder)',
    });
    expect(origin({ provenance: attested({}) })?.because).toMatch(/ on linux\/arm64$/);
  });

  it.each(['desktop.docker.io/wsl-distro', 'desktop.docker.com/x', 'com.docker.desktop.x'])(
    'is on somebody’s own machine by the label %s',
    (name) => {
      expect(origin({ ...labelled(name), build: unmade })).toEqual({
        kind: 'laptop-push',
        confidence: 'likely',
        because: `its label ${name} is Docker Desktop’s: it was built on somebody’s own machine`,
      });
    },
  );

  it('may be on somebody’s own machine when no pipeline made it', () => {
    expect(origin({ ...configFor(ARM64), build: unmade })).toEqual({
      kind: 'laptop-push',
      confidence: 'possible',
      because:
        'no pipeline of the project built it (no pipeline of docs/pdf-renderer is of it): somebody pushed it by hand',
    });
  });

  it('is by the CI server before the builder, and by the builder before a label', () => {
    const all = { build: built('arm64'), provenance: attested({}), ...labelled('com.docker.desktop.x') };
    expect(origin(all)?.because).toContain('corp-gitlab knows');
    expect(origin({ ...all, build: known(null) })?.because).toContain('its builder attests');
  });

  it.each<[string, Rest]>([
    ['ran on amd64', { build: built('amd64') }],
    [
      'asked for arm64 and got it, wherever it ran',
      { build: built('arm64', '$ docker build --platform linux/arm64 .') },
    ],
    ['ran nobody knows where', { build: built(null) }],
    [
      'is attested of another machine',
      { provenance: attested({ builderPlatform: { ...ARM64, architecture: 'amd64' } }) },
    ],
    ['is attested without a machine', { provenance: attested({ builderPlatform: null }) }],
    ['is not attested', { provenance: missing }],
    ['bears a label that is none of Docker Desktop’s', labelled('org.desktop.docker.io')],
    ['cannot be looked for', { ...configFor(ARM64), build: failed('timeout', 'corp-gitlab', 'slow') }],
    ['has no configuration that could be read', { build: unmade }],
    ['is of a service without CI server', configFor(ARM64)],
  ])('is not told when the build %s', (_what, rest) => expect(origin(rest)).toBeNull());
});
