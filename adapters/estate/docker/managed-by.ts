type Labels = Readonly<Record<string, string>>;

/** Labels by which an owner marks its containers, most particular first. */
const OWNERS: readonly (readonly [label: string, owner: (value: string) => string])[] = [
  ['com.docker.swarm.service.name', (name) => `Docker Swarm service "${name}"`],
  ['com.docker.swarm.task.id', () => 'Docker Swarm'],
  ['io.kubernetes.pod.name', (name) => `Kubernetes pod "${name}"`],
  ['com.amazonaws.ecs.cluster', (name) => `Amazon ECS cluster "${name}"`],
  ['com.hashicorp.nomad.alloc_id', () => 'Nomad'],
  ['io.balena.service-name', (name) => `balena service "${name}"`],
  ['com.docker.compose.project', (name) => `Docker Compose project "${name}"`],
];

/** Owners that replace a container by themselves as soon as it is stopped: it cannot be set aside under them. */
const REPLACING = new Set([
  'com.docker.swarm.service.name',
  'com.docker.swarm.task.id',
  'io.kubernetes.pod.name',
  'com.amazonaws.ecs.cluster',
  'com.hashicorp.nomad.alloc_id',
]);

/** Who made the container and may undo a change to it, for a sentence; null when nobody says so. */
export function managedBy(labels: Labels | null | undefined): string | null {
  return ownerAmong(labels, () => true);
}

/** The owner that would replace the container at once; null when it can be stopped and stays so. */
export function replacedBy(labels: Labels | null | undefined): string | null {
  return ownerAmong(labels, (label) => REPLACING.has(label));
}

/** The name of the Swarm service whose task the container is; null when it is none. */
export function swarmService(labels: Labels | null | undefined): string | null {
  return labels?.['com.docker.swarm.service.name'] ?? null;
}

/** What Docker Compose wrote on a container that it made: `files` as it was given them, separated by commas. */
export interface ComposeOrigin {
  readonly project: string;
  readonly service: string;
  readonly files: string | null;
}

/** Null when Compose did not make it. */
export function composeOf(labels: Labels | null | undefined): ComposeOrigin | null {
  const [project, service] = [labels?.['com.docker.compose.project'], labels?.['com.docker.compose.service']];
  if (project === undefined || service === undefined) return null;
  return { project, service, files: labels?.['com.docker.compose.project.config_files'] || null };
}

function ownerAmong(labels: Labels | null | undefined, counts: (label: string) => boolean): string | null {
  for (const [label, owner] of OWNERS) {
    const value = labels?.[label];
    if (value !== undefined && counts(label)) return owner(value);
  }
  return null;
}
