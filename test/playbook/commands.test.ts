import { describe, expect, it } from 'vitest';
import { commandsFor, findCommand } from '../../src/playbook/commands.ts';

describe('the commands that a person can type', () => {
  it('are docker’s for a container', () => {
    const commands = commandsFor({ kind: 'docker', host: 'h', container: 'web' }, 'docker -H ssh://h');
    expect(commands.log(5)).toBe('docker -H ssh://h logs --tail 5 web');
    expect(commands.file('/app/web', 'r/web:1')).toBe('docker -H ssh://h cp -L web:/app/web - | tar -xO | file -');
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
    const commands = commandsFor({ kind: 'kubernetes', ...where }, 'kubectl --context prod');
    expect(commands.host).toBe(`kubectl --context prod get node n1 -o jsonpath='{.status.nodeInfo}'`);
    expect(commands.image('r/web:1')).toBe(
      `kubectl --context prod -n docs get pod web-1 -o jsonpath='{.status.containerStatuses[?(@.name=="c")].imageID}'`,
    );
    expect(commands.log(5)).toBe('kubectl --context prod -n docs logs web-1 -c c --previous --tail 5');
    expect(commands.file('/app/web', 'r/web:1')).toBe('crane export r/web:1 - | tar -xO app/web | file -');
  });

  it('look for a name by its last part', () => {
    expect(findCommand('docker', 'docker', 'web')).toBe('docker ps --all --filter name=web');
    expect(findCommand('kubernetes', 'kubectl', 'docs/deployment/web')).toMatch(/--field-selector metadata\.name=web$/);
  });
});
