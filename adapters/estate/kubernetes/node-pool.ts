import { ProbeError } from '../../../src/playbook/answer.ts';
import {
  eligibleNodes,
  type NodeFacts,
  type NodeRequirement,
  type SchedulingRules,
} from '../../../src/playbook/eligible-nodes.ts';
import type { HostFacts, NodePool } from '../../../src/playbook/evidence.ts';
import type { Api } from './api.ts';
import type { NodeAffinity, NodeDocument, PodSpec } from './documents.ts';
import { nodeFacts } from './node-facts.ts';
import { RESOURCES } from './resources.ts';

/** Of each platform this many nodes are named. */
const NAMED = 20;

/** A node as the scheduler sees it, and as the kernel model does. */
export interface Candidate {
  readonly node: NodeFacts;
  readonly host: HostFacts;
}

/** The nodes that pods of this specification may come to stand on, by platform and page size, in one request and its pages. */
export async function readNodePool(api: Api, spec: PodSpec, signal: AbortSignal): Promise<NodePool> {
  return poolOf(await listNodes(api, signal), rulesOf(spec));
}

/** All nodes that say what they are. */
export function listNodes(api: Api, signal: AbortSignal): Promise<readonly Candidate[]> {
  const keep = (node: NodeDocument) => candidateOf(api.target, node);
  const asked = { verb: 'list', resource: RESOURCES.nodes, namespace: null } as const;
  return api.list<NodeDocument, Candidate>(asked, {}, keep, signal);
}

/** Those that rules leave, alike ones together. */
export function poolOf(all: readonly Candidate[], rules: SchedulingRules): NodePool {
  const nodes = all.map(({ node }) => node);
  const eligible = new Set(eligibleNodes(nodes, rules));
  return groupNodes(
    all.filter(({ node }) => eligible.has(node)),
    all.length,
  );
}

/** Some nodes by platform and page size. */
export function groupNodes(some: readonly Candidate[], total: number): NodePool {
  const groups = new Map<string, { host: HostFacts; nodes: string[]; count: number }>();
  for (const { node, host } of some) {
    const { os, architecture, variant } = host.platform;
    const key = [os, architecture, variant, host.kernel.pageSize].join('/');
    const group = groups.get(key) ?? { host, nodes: [], count: 0 };
    group.count += 1;
    if (group.nodes.length < NAMED) group.nodes.push(node.name);
    groups.set(key, group);
  }
  return { total, groups: [...groups.values()] };
}

/** Null for a node that does not say what it is: nothing can be told of it. */
function candidateOf(target: string, document: NodeDocument): Candidate | null {
  try {
    const host = nodeFacts(target, document, undefined);
    const { metadata, spec } = document;
    const taints = (spec?.taints ?? []).map(({ key, value, effect }) => ({
      key: key ?? '',
      value: value ?? '',
      effect: effect ?? '',
    }));
    const unschedulable = spec?.unschedulable === true;
    return {
      node: {
        name: metadata?.name ?? '',
        platform: host.platform,
        labels: metadata?.labels ?? {},
        taints,
        unschedulable,
      },
      host,
    };
  } catch (error) {
    if (error instanceof ProbeError) return null;
    throw error;
  }
}

/** What of a pod's specification binds it to nodes. */
export function rulesOf({ nodeSelector, affinity, tolerations }: PodSpec): SchedulingRules {
  return {
    nodeSelector: nodeSelector ?? {},
    terms: termsOf(affinity?.nodeAffinity),
    tolerations: (tolerations ?? []).map(({ key, operator, value, effect }) => ({
      key: key ?? '',
      operator: operator === 'Exists' ? 'Exists' : 'Equal',
      value: value ?? '',
      effect: effect ?? '',
    })),
  };
}

function termsOf(affinity: NodeAffinity | undefined): SchedulingRules['terms'] {
  const required = affinity?.requiredDuringSchedulingIgnoredDuringExecution;
  if (required === undefined) return null;
  const complete = (list: readonly Partial<NodeRequirement>[] | undefined): NodeRequirement[] =>
    (list ?? []).map(({ key, operator, values }) => ({
      key: key ?? '',
      operator: operator ?? '',
      values: values ?? [],
    }));
  return (required.nodeSelectorTerms ?? []).map(({ matchExpressions, matchFields }) => ({
    expressions: complete(matchExpressions),
    fields: complete(matchFields),
  }));
}
