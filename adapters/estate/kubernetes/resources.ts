/** Where the API keeps one kind of object. `group` is empty for the core. */
export interface Resource {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
}

const core = (plural: string): Resource => ({ group: '', version: 'v1', plural });
const apps = (plural: string): Resource => ({ group: 'apps', version: 'v1', plural });
const batch = (plural: string): Resource => ({ group: 'batch', version: 'v1', plural });

/** Everything that is asked for. What is in here has to be in deploy/kubernetes/. */
export const RESOURCES = {
  pods: core('pods'),
  nodes: core('nodes'),
  events: core('events'),
  secrets: core('secrets'),
  deployments: apps('deployments'),
  statefulSets: apps('statefulsets'),
  daemonSets: apps('daemonsets'),
  replicaSets: apps('replicasets'),
  revisions: apps('controllerrevisions'),
  jobs: batch('jobs'),
  cronJobs: batch('cronjobs'),
} as const;

/** The kinds of workloads that are looked for by name, as they stand in `deployment/pdf-renderer`. */
export const WORKLOAD_KINDS: Readonly<Record<string, Resource>> = {
  deployment: RESOURCES.deployments,
  statefulset: RESOURCES.statefulSets,
  daemonset: RESOURCES.daemonSets,
  cronjob: RESOURCES.cronJobs,
  job: RESOURCES.jobs,
  replicaset: RESOURCES.replicaSets,
};

/** The short and plural names that kubectl takes too. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  deploy: 'deployment',
  deployments: 'deployment',
  sts: 'statefulset',
  statefulsets: 'statefulset',
  ds: 'daemonset',
  daemonsets: 'daemonset',
  rs: 'replicaset',
  replicasets: 'replicaset',
  jobs: 'job',
  cj: 'cronjob',
  cronjobs: 'cronjob',
  po: 'pod',
  pods: 'pod',
  rollouts: 'rollout',
};

/** `deployment` of `deploy`, `Deployment` and so on; null when it is no kind that is looked for. */
export function kindOf(word: string): string | null {
  const lower = word.toLowerCase();
  const kind = OTHER_NAMES[lower] ?? lower;
  return kind in WORKLOAD_KINDS || kind === 'pod' || kind === 'rollout' ? kind : null;
}

/** The path of a collection or one object of it; `below` is a subresource. */
export function pathOf(resource: Resource, namespace: string | null, name?: string, below?: string): string {
  const { group, version, plural } = resource;
  const base = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const parts = [...(namespace === null ? [] : ['namespaces', namespace]), plural, name, below];
  return [base, ...parts.filter((part) => part !== undefined).map(encodeURIComponent)].join('/');
}
