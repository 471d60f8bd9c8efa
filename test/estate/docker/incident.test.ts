import type Docker from 'dockerode';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connect } from '../../../adapters/estate/docker/connect.ts';
import { createDockerEstate } from '../../../adapters/estate/docker/estate.ts';
import { createDockerSwapper } from '../../../adapters/estate/docker/image-swapper.ts';
import type { Swap } from '../../../src/ports/image-swap.ts';
import { knownValue } from '../../contracts/estate-contract.ts';
import { startEngine } from '../../lab/engine.ts';
import { deployIncident, type Incident } from '../../lab/incident.ts';
import { type LabRegistry, startRegistry } from '../../lab/registry.ts';
import { suite } from '../../lab/requirements.ts';
import { waitFor } from '../../lab/waiting.ts';
import { comparableSettings } from './comparable-settings.ts';
import { systemClock } from './system-clock.ts';

const NEEDS = ['engine', 'docker-registry', 'skopeo', 'debian-binaries', 'no-emulator'] as const;
const signal = new AbortController().signal;

suite('the incident, seen and undone by the Docker adapter', NEEDS, () => {
  let registry: LabRegistry;
  let incident: Incident;
  let client: Docker;
  const told: unknown[] = [];

  beforeAll(async () => {
    const engine = await startEngine();
    registry = await startRegistry();
    incident = await deployIncident(engine, registry);
    client = connect({ docker: engine.host });
  });
  afterAll(async () => {
    await incident?.stop();
    await registry?.stop();
  });

  const inspect = () => client.getContainer(incident.container).inspect();

  it('is seen as it is', async () => {
    const estate = createDockerEstate({ name: incident.hostName, practice: false, client, clock: systemClock });
    const [place] = knownValue(await estate.find(incident.container, signal));
    expect(place).toEqual({ kind: 'docker', host: incident.hostName, container: incident.container });
    const facts = knownValue(await estate.inspect(place!, signal));
    expect(facts.state.restartCount).toBeGreaterThanOrEqual(2);
    expect(facts.restartPolicy).toBe('unless-stopped');
    expect(facts.mounts.map(({ destination }) => destination).sort()).toEqual(['/etc/render', '/var/cache/render']);
    const image = knownValue(await estate.localImage(place!, facts.imageId, signal));
    expect(image.platform.architecture).toBe(incident.architectures.v3);
    expect(image.repoDigests).toEqual([`${incident.repository}@${incident.digests.v3}`]);
    const log = knownValue(await estate.log(place!, 50, signal));
    expect(log.lines.at(-1)).toContain('exec format error');
    told.push(facts, image, log);
  });

  it('ends with the image that works, pulled anew, and everything else as it was', async () => {
    await client.getImage(`${incident.repository}:v2`).remove();
    const swapper = createDockerSwapper({ name: incident.hostName, client, clock: systemClock });
    const old = await inspect();
    const swap: Swap = {
      id: 'p-incident',
      where: { kind: 'docker', host: incident.hostName, container: incident.container },
      instanceId: old.Id,
      imageId: old.Image,
      image: `${incident.repository}@${incident.digests.v2}`,
      platform: `linux/${incident.architectures.v2}`,
    };
    for (const phase of swapper.phases) told.push(knownValue(await phase.run(swap, signal)));
    const answers = () =>
      fetch(`http://127.0.0.1:${incident.publishedPort}/version`).then(
        (response) => response.text(),
        () => null,
      );
    expect(await waitFor('v2 to answer', 10_000, answers)).toBe('v2');
    told.push(knownValue(await swapper.observe(swap, signal)), knownValue(await swapper.finish(swap, signal)));
    // The command is the image's own, and each version has its own.
    expect({ ...comparableSettings(await inspect()), args: null }).toEqual({ ...comparableSettings(old), args: null });
    expect(JSON.stringify([told, swapper.calls(swap)])).not.toContain(incident.secret);
  });
});
