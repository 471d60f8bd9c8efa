import { describe, expect, it } from 'vitest';
import { type Commands, commandsFor, findCommand } from '../../src/playbook/commands.ts';

describe('the commands that a person can type', () => {
  const shown = (commands: Commands) => ({
    ...commands,
    log: commands.log(5),
    image: commands.image('r/web:1'),
    images: commands.images('r/web'),
    file: commands.file('/app/web', 'r/web:1'),
  });

  it('are docker’s for a container', () => {
    expect(shown(commandsFor({ kind: 'docker', host: 'h', container: 'web' }, 'docker -H ssh://h'))).toEqual({
      host: `docker -H ssh://h info --format '{{.OSType}} {{.Architecture}} {{.KernelVersion}}'`,
      container: 'docker -H ssh://h inspect web',
      created: `docker -H ssh://h inspect --format '{{.Created}} {{.Image}}' web`,
      argv: `docker -H ssh://h inspect --format '{{.Path}} {{json .Args}}' web`,
      state: `docker -H ssh://h inspect --format '{{.State.Status}} {{.State.ExitCode}} {{.RestartCount}}' web`,
      log: 'docker -H ssh://h logs --tail 5 web',
      image: `docker -H ssh://h image inspect --format '{{.Os}}/{{.Architecture}} {{.RepoDigests}}' r/web:1`,
      images: 'docker -H ssh://h image ls --digests r/web',
      file: 'docker -H ssh://h cp -L web:/app/web - | tar -xO | file -',
    });
  });

  it('are kubectl’s for a pod, and read its files from the registry', () => {
    const where = {
      cluster: 'prod',
      namespace: 'docs',
      workload: 'deployment/web',
      pod: 'web-1',
      container: 'c',
      node: 'n1',
    };
    const get = 'kubectl --context prod -n docs get pod web-1 -o';
    const status = '.status.containerStatuses[?(@.name=="c")]';
    const spec = '.spec.containers[?(@.name=="c")]';
    expect(shown(commandsFor({ kind: 'kubernetes', ...where }, 'kubectl --context prod'))).toEqual({
      host: `kubectl --context prod get node n1 -o jsonpath='{.status.nodeInfo}'`,
      container: `${get} wide`,
      created: `${get} jsonpath='{.metadata.creationTimestamp} {${status}.imageID}'`,
      argv: `${get} jsonpath='{${spec}.command} {${spec}.args}'`,
      state: `${get} jsonpath='{${status}.state} {${status}.lastState} {${status}.restartCount}'`,
      log: 'kubectl --context prod -n docs logs web-1 -c c --previous --tail 5',
      image: `${get} jsonpath='{${status}.imageID}'`,
      images: 'skopeo list-tags docker://r/web',
      file: 'crane export r/web:1 - | tar -xO app/web | file -',
    });
  });

  it('look for a name by its last part', () => {
    expect(findCommand('docker', 'docker', 'web')).toBe('docker ps --all --filter name=web');
    expect(findCommand('kubernetes', 'kubectl', 'docs/deployment/web')).toBe(
      'kubectl get deploy,sts,ds,job,cronjob,pod --all-namespaces --field-selector metadata.name=web',
    );
  });
});
