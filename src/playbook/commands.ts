import type { Place } from './place.ts';

/** What a person types to see with their own eyes what was looked at. They read, and change nothing. */
export interface Commands {
  readonly host: string;
  readonly container: string;
  readonly created: string;
  readonly argv: string;
  readonly state: string;
  log(lines: number): string;
  image(reference: string): string;
  images(repository: string): string;
  /** A file as the container has it, also of one that does not run. */
  file(path: string, reference: string): string;
}

/** The commands for a place; `cli` reaches its engine or cluster (`docker -H …`, `kubectl --context …`). */
export function commandsFor(place: Place, cli: string): Commands {
  return place.kind === 'docker' ? onDocker(place.container, cli) : onKubernetes(place, cli);
}

function onDocker(container: string, cli: string): Commands {
  return {
    host: `${cli} info --format '{{.OSType}} {{.Architecture}} {{.KernelVersion}}'`,
    container: `${cli} inspect ${container}`,
    created: `${cli} inspect --format '{{.Created}} {{.Image}}' ${container}`,
    argv: `${cli} inspect --format '{{.Path}} {{json .Args}}' ${container}`,
    state: `${cli} inspect --format '{{.State.Status}} {{.State.ExitCode}} {{.RestartCount}}' ${container}`,
    log: (lines) => `${cli} logs --tail ${lines} ${container}`,
    image: (reference) => `${cli} image inspect --format '{{.Os}}/{{.Architecture}} {{.RepoDigests}}' ${reference}`,
    images: (repository) => `${cli} image ls --digests ${repository}`,
    file: (path) => `${cli} cp -L ${container}:${path} - | tar -xO | file -`,
  };
}

function onKubernetes(place: Extract<Place, { kind: 'kubernetes' }>, cli: string): Commands {
  const { namespace, pod, container, node } = place;
  const get = `${cli} -n ${namespace} get pod ${pod} -o`;
  const spec = `.spec.containers[?(@.name=="${container}")]`;
  const status = `.status.containerStatuses[?(@.name=="${container}")]`;
  return {
    host: `${cli} get node ${node} -o jsonpath='{.status.nodeInfo}'`,
    container: `${get} wide`,
    created: `${get} jsonpath='{.metadata.creationTimestamp} {${status}.imageID}'`,
    argv: `${get} jsonpath='{${spec}.command} {${spec}.args}'`,
    state: `${get} jsonpath='{${status}.state} {${status}.lastState} {${status}.restartCount}'`,
    log: (lines) => `${cli} -n ${namespace} logs ${pod} -c ${container} --previous --tail ${lines}`,
    image: () => `${get} jsonpath='{${status}.imageID}'`,
    images: (repository) => `skopeo list-tags docker://${repository}`,
    file: (path, reference) => `crane export ${reference} - | tar -xO ${path.replace(/^\/+/, '')} | file -`,
  };
}

/** Looks for a name on a host or cluster where nothing was found. */
export function findCommand(kind: Place['kind'], cli: string, name: string): string {
  if (kind === 'docker') return `${cli} ps --all --filter name=${name}`;
  return `${cli} get deploy,sts,ds,job,cronjob,pod --all-namespaces --field-selector metadata.name=${name.split('/').at(-1)}`;
}
