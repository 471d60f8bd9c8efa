import Docker from 'dockerode';

/** What lies on an engine: names, not states, because containers that are restarted again and again change theirs by themselves. */
export interface World {
  readonly containers: readonly string[];
  readonly images: readonly string[];
  readonly volumes: readonly string[];
}

/** Lists it, in the order of the names. */
export async function lookAround(socketPath: string): Promise<World> {
  const docker = new Docker({ socketPath, timeout: 30_000 });
  const [containers, images, volumes] = await Promise.all([
    docker.listContainers({ all: true }),
    docker.listImages({ all: true }),
    docker.listVolumes(),
  ]);
  return {
    containers: containers.map(({ Id, Names }) => `${Id} ${Names}`).sort(),
    images: images.map(({ Id, RepoTags, RepoDigests }) => `${Id} ${RepoTags} ${RepoDigests}`).sort(),
    volumes: volumes.Volumes.map(({ Name }) => Name).sort(),
  };
}
