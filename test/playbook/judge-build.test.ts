import { describe, expect, it } from 'vitest';
import { failed, known } from '../../src/playbook/answer.ts';
import type { BuildEvidence, BuildRunner } from '../../src/playbook/build-evidence.ts';
import { judgeBuild } from '../../src/playbook/judge-build.ts';
import { readBuildLog } from '../../src/playbook/read-build-log.ts';

const built = (runner: Partial<BuildRunner> | null, ...log: string[]): BuildEvidence => ({
  ci: 'corp-gitlab',
  project: 'docs/pdf-renderer',
  matchedBy: 'revision',
  run: { id: '41', url: 'https://gitlab/p/41', ref: 'v3', revision: 'a'.repeat(40), event: 'push' },
  job: {
    id: '7',
    name: 'build',
    url: 'https://gitlab/j/7',
    status: 'success',
    startedAt: null,
    finishedAt: null,
    runner: runner && {
      name: 'builder',
      labels: [],
      architecture: null,
      os: null,
      unknownBecause: 'the token may not see runners',
      ...runner,
    },
  },
  log: known(readBuildLog(log.join('\n'), (text) => text)),
});

describe('where a build ran', () => {
  it('is what the CI server knows of the runner, whatever the log says', () => {
    const judged = judgeBuild(built({ name: 'corp-arm64-02', architecture: 'arm64' }, '$ make', 'built amd64/linux'));
    expect(judged).toMatchObject({ architecture: 'arm64', knownFrom: 'ci-server', confidence: 'likely' });
    expect(judged.contradictions).toEqual([
      'Line 2 of the log says “built amd64/linux”, but corp-gitlab knows the runner corp-arm64-02 as arm64. The words of a log prove nothing: a script printed them.',
    ]);
  });

  it('is told by a label before a name, and by a name before the log', () => {
    const [byLabel, byName] = [
      judgeBuild(built({ name: 'corp-amd64-02', labels: ['docker', 'ARM64'] }, 'built amd64/linux')),
      judgeBuild(built({ name: 'gitlab-runner-arm64-02' }, 'built amd64/linux')),
    ];
    expect(byLabel).toMatchObject({ architecture: 'arm64', knownFrom: 'runner-label', confidence: 'likely' });
    expect(byLabel.contradictions).toHaveLength(2);
    expect(byName).toMatchObject({ architecture: 'arm64', knownFrom: 'runner-name' });
    expect(byName.contradictions[0]).toContain('the runner gitlab-runner-arm64-02 is arm64 by its name');
  });

  it('is told by the name that the log has when the CI server names no runner', () => {
    const judged = judgeBuild(
      built(null, 'Running with gitlab-runner 17', '  on corp-arm64-02 seEosqd', 'built amd64/linux'),
    );
    expect(judged).toMatchObject({ architecture: 'arm64', knownFrom: 'runner-name', contradictions: { length: 1 } });
  });

  it('is only possible where nothing but the log tells', () => {
    expect(judgeBuild(built({}, '$ uname -m', 'aarch64', 'built amd64/linux'))).toMatchObject({
      architecture: 'arm64',
      knownFrom: 'log-measurement',
      confidence: 'possible',
      contradictions: { length: 1 },
    });
    expect(judgeBuild(built({}, 'built amd64/linux'))).toMatchObject({
      architecture: 'amd64',
      knownFrom: 'log-claim',
      confidence: 'possible',
    });
  });

  it('is not what a kubernetes executor’s manager is when the name says otherwise', () => {
    const runner = { name: 'k8s-arm64', architecture: 'amd64' };
    expect(judgeBuild(built(runner, 'Preparing the "kubernetes" executor'))).toMatchObject({
      architecture: 'arm64',
      knownFrom: 'runner-name',
    });
    expect(judgeBuild(built(runner, 'Preparing the "shell" executor'))).toMatchObject({
      architecture: 'amd64',
      knownFrom: 'ci-server',
    });
  });

  it('stays unknown when nothing tells', () => {
    expect(judgeBuild(built({}, 'done'))).toEqual({
      architecture: null,
      knownFrom: null,
      confidence: 'possible',
      because: 'the token may not see runners',
      asked: [],
      contradictions: [],
    });
    expect(judgeBuild(built({ labels: ['amd64', 'arm64'] }, 'linux/amd64', 'linux/arm64')).architecture).toBeNull();
    const noLog = { ...built({}), log: failed('not-found', 'corp-gitlab', 'the log was erased') };
    expect(judgeBuild(noLog).architecture).toBeNull();
  });

  it('is no contradiction in itself when the build asked for another platform', () => {
    const judged = judgeBuild(
      built(
        { name: 'corp-arm64-02', architecture: 'arm64' },
        '$ docker buildx build --platform linux/amd64 .',
        'built amd64/linux',
      ),
    );
    expect(judged).toMatchObject({ architecture: 'arm64', asked: ['amd64'] });
    expect(judged.contradictions[0]).toMatch(/The build asked for amd64, so it was emulated or cross-built there\.$/);
  });
});
