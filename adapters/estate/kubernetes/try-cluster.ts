import { asText, parseJsonObject } from '../../../src/image/json-values.ts';
import { type Answer, answerOf } from '../../../src/playbook/answer.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { Reached } from '../../../src/ports/connection.ts';
import { estateFailure } from '../../../src/ports/estate-failure.ts';
import { RESOURCES, type Resource } from './resources.ts';
import { type ClusterAddress, createSessions } from './session.ts';
import { failureOfStatus } from './translate-error.ts';
import { createTransport, type Transport } from './transport.ts';

/** What is needed to try one cluster. */
export interface ClusterTrial extends ClusterAddress {
  /** Null: all that the account may see. */
  readonly namespaces: readonly string[] | null;
  /** Which permissions are asked for: none, those to diagnose, those to change something too. */
  readonly permissions: 'none' | 'read' | 'change';
  readonly clock: Clock;
  readonly deadlineMs: number;
}

interface Permission {
  readonly verb: string;
  readonly resource: Resource;
  readonly subresource?: string;
  /** Of nodes: they belong to no namespace. */
  readonly everywhere?: boolean;
}

const { pods, events, deployments, statefulSets, daemonSets, replicaSets, revisions, jobs, cronJobs, nodes } =
  RESOURCES;
const read = (resource: Resource, everywhere = false): readonly Permission[] =>
  ['get', 'list'].map((verb) => ({ verb, resource, everywhere }));

/** What deploy/kubernetes/rbac-read.yaml gives. */
const READ: readonly Permission[] = [
  ...read(pods),
  { verb: 'get', resource: pods, subresource: 'log' },
  { verb: 'list', resource: events },
  ...[deployments, statefulSets, daemonSets, replicaSets, jobs, cronJobs].flatMap((resource) => read(resource)),
  { verb: 'list', resource: revisions },
  ...read(nodes, true),
];
/** What deploy/kubernetes/rbac-change.yaml gives. */
const CHANGE: readonly Permission[] = [
  ...[deployments, statefulSets, daemonSets].map((resource) => ({ verb: 'patch', resource })),
  { verb: 'delete', resource: pods },
];

const WANTED = { none: [], read: READ, change: [...READ, ...CHANGE] } as const;

const ANSWER_CAP = 256 * 1024;
/** Namespaces for which the permissions are asked; the rest is taken to be like them. */
const MOST_NAMESPACES = 5;

/** Whether a cluster answers, and what its account may not do there that will be needed. Nothing is stored by asking. */
export function tryCluster(trial: ClusterTrial, signal: AbortSignal): Promise<Answer<Reached>> {
  return answerOf(async () => {
    const target = `cluster ${trial.name}`;
    const transport = createTransport({ ...trial, target, sessions: createSessions(trial, trial.clock) });
    const version = await ask(target, transport, { method: 'GET', path: '/version' }, signal);
    const namespaces = trial.namespaces?.slice(0, MOST_NAMESPACES) ?? [null];
    const wanted = WANTED[trial.permissions];
    const asked = namespaces.flatMap((namespace) =>
      wanted
        .filter(({ everywhere }) => !everywhere || namespace === namespaces[0])
        .map((permission) => ({ ...permission, namespace: permission.everywhere ? null : namespace })),
    );
    const allowed = await Promise.all(asked.map((one) => mayI(target, transport, one, signal)));
    const lacks = asked.filter((_, index) => !allowed[index]).map(describe);
    return { detail: `Kubernetes ${asText(version.gitVersion) ?? 'of an unknown version'}`, lacks };
  });
}

/** By SelfSubjectAccessReview (authorization.k8s.io/v1), which every account may ask (system:basic-user). */
async function mayI(
  target: string,
  transport: Transport,
  { verb, resource, subresource, namespace }: Permission & { readonly namespace: string | null },
  signal: AbortSignal,
): Promise<boolean> {
  const { group, plural } = resource;
  const resourceAttributes = { verb, group, resource: plural, ...(subresource && { subresource }) };
  const body = JSON.stringify({
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes: { ...resourceAttributes, ...(namespace !== null && { namespace }) } },
  });
  const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
  const answer = await ask(target, transport, { method: 'POST', path, body }, signal);
  const status = answer.status;
  return typeof status === 'object' && status !== null && 'allowed' in status && status.allowed === true;
}

async function ask(target: string, transport: Transport, sent: Parameters<Transport>[0], signal: AbortSignal) {
  const { status, body } = await transport(sent, ANSWER_CAP, signal);
  const answer = parseJsonObject(body.toString('utf8'));
  if (status >= 300) {
    const asked = { verb: 'get', resource: { group: '', version: 'v1', plural: sent.path }, namespace: null } as const;
    throw failureOfStatus(target, status, answer, asked);
  }
  if (answer === null) throw estateFailure(target, 'invalid', 'what answers there is no Kubernetes API');
  return answer;
}

function describe({
  verb,
  resource,
  subresource,
  namespace,
  everywhere,
}: Permission & { readonly namespace: string | null }): string {
  const what = `${resource.plural}${subresource ? `/${subresource}` : ''}`;
  return `${verb} ${what}${namespace !== null ? ` in ${namespace}` : everywhere ? '' : ' in all namespaces'}`;
}
