import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pack } from 'tar-stream';
import { cookImage, cookIndex, type ImageRecipe } from './image-recipe.ts';
import type { Act, IncidentCase } from './incident-case.ts';
import { push, unpublish } from './push.ts';
import { runContainer, startAgain } from './run-container.ts';
import {
  containerName,
  engineOf,
  openScene,
  referenceOf,
  type Scene,
  type Stage,
  type Staged,
  writeHostFolder,
} from './stage.ts';

/** Carries out an incident's story on the real engine and registry. Rejects when an act itself fails. */
export async function tellStory(stage: Stage, incident: IncidentCase): Promise<Staged> {
  const scene = await openScene(stage, incident);
  for (const act of incident.story) {
    try {
      await carryOut(scene, act);
    } catch (error) {
      throw new Error(`${incident.id}: ${Object.keys(act)[0]} failed`, { cause: error });
    }
  }
  const { repository, digests } = scene;
  return { incident, repository, digests, host: await engineOf(stage, incident) };
}

async function carryOut(scene: Scene, act: Act): Promise<void> {
  const { docker, incident } = scene;
  if ('push' in act) return publish(scene, act);
  if ('pull' in act) return pull(scene, act.pull, act.platform);
  if ('load' in act) return load(scene, act.load, act.image);
  if ('volume' in act) {
    await docker.createVolume({ Name: `${incident.id}-${act.volume}`, Driver: 'local', DriverOpts: act.options });
    return;
  }
  if ('run' in act) return runContainer(scene, act);
  if ('stop' in act) return docker.getContainer(containerName(incident, act.stop || undefined)).stop();
  if ('startAgain' in act) return startAgain(scene, act.startAgain, act.until ?? 'ended');
  if ('rewrite' in act) {
    writeHostFolder(scene, act.rewrite, { [act.file]: { mode: act.mode, content: act.content } });
    return;
  }
  if ('setAside' in act) {
    await docker.getContainer(incident.id).rename({ name: containerName(incident, act.setAside) });
    return;
  }
  if ('removeContainer' in act) {
    return docker.getContainer(containerName(incident, act.removeContainer || undefined)).remove({ force: true });
  }
  if ('removeImage' in act) {
    await docker.getImage(referenceOf(scene, act.removeImage)).remove({ force: true });
    return;
  }
  if ('unpublish' in act) return unpublish(scene.pushTo, digestOf(scene, act.unpublish));
  if ('damage' in act) return damage(scene, act.damage, act.of, act.leaving);
  if (act.registry === 'down') return scene.proxy?.stop();
  scene.proxy?.refuse(401);
}

function digestOf({ digests, incident }: Scene, name: string): string {
  const digest = digests.get(name);
  if (digest === undefined) throw new Error(`${incident.id} has no push that is named ${name}`);
  return digest;
}

async function publish(scene: Scene, act: Extract<Act, { push: string }>): Promise<void> {
  const what = 'index' in act ? await cookIndex(act.index) : await cookImage(act.image);
  const mirrored = act.push.startsWith('mirror/');
  const tag = mirrored ? act.push.slice('mirror/'.length) : act.push;
  await push(mirrored ? `${scene.pushTo}-mirror` : scene.pushTo, tag, what);
  scene.digests.set(act.named ?? act.push, what.digest);
}

async function pull(scene: Scene, tag: string, platform?: string): Promise<void> {
  const { docker } = scene;
  const progress = await docker.pull(referenceOf(scene, tag), platform ? { platform } : {});
  await new Promise<void>((done, fail) => {
    docker.modem.followProgress(progress, (error) => (error ? fail(error) : done()));
  });
}

/** `docker load` of the archive that `docker save` would write (image-spec v1.2 of moby). */
async function load({ docker, repository }: Scene, tag: string, recipe: ImageRecipe): Promise<void> {
  const { blobs } = await cookImage(recipe);
  const [config, ...layers] = blobs;
  if (!config) throw new Error('an image has a configuration');
  const fileOf = ({ digest }: { digest: string }) => `${digest.replace('sha256:', '')}.blob`;
  const archive = pack();
  const manifest = [{ Config: fileOf(config), RepoTags: [`${repository}:${tag}`], Layers: layers.map(fileOf) }];
  archive.entry({ name: 'manifest.json' }, JSON.stringify(manifest));
  for (const blob of blobs) archive.entry({ name: fileOf(blob) }, Buffer.from(blob.content));
  archive.finalize();
  const progress: NodeJS.ReadableStream = await docker.loadImage(Readable.from(archive));
  await new Promise<void>((done, fail) => {
    docker.modem.followProgress(progress, (error) => (error ? fail(error) : done()));
  });
}

/** Cuts a file in the unpacked layers of a local image, as a power failure during the unpacking does. */
async function damage({ docker, repository }: Scene, path: string, tag: string, leaving: number): Promise<void> {
  const { GraphDriver } = await docker.getImage(`${repository}:${tag}`).inspect();
  const { UpperDir, LowerDir } = GraphDriver.Data as { UpperDir?: string; LowerDir?: string };
  const layers = [UpperDir, ...(LowerDir?.split(':') ?? [])].filter((layer) => layer !== undefined);
  for (const layer of layers) {
    const cut = await truncate(join(layer, path), leaving).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return false;
        throw error;
      },
    );
    if (cut) return;
  }
  throw new Error(`no layer of ${tag} holds ${path} (${GraphDriver.Name})`);
}
