import type { Platform } from '../image/platform.ts';

/** What the scheduler knows of a node. */
export interface NodeFacts {
  readonly name: string;
  /** As the kubelet reports it; null when it does not say. */
  readonly platform: Platform | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  /** Cordoned (`kubectl cordon`). */
  readonly unschedulable: boolean;
}

export interface Taint {
  readonly key: string;
  readonly value: string;
  /** `NoSchedule`, `PreferNoSchedule` or `NoExecute`. */
  readonly effect: string;
}

/** Where a pod may be scheduled to, as its specification says (core/v1 PodSpec). */
export interface SchedulingRules {
  readonly nodeSelector: Readonly<Record<string, string>>;
  /** Of the required node affinity: one of the terms must hold. Null: there is none. */
  readonly terms: readonly NodeTerm[] | null;
  readonly tolerations: readonly Toleration[];
}

export interface NodeTerm {
  readonly expressions: readonly NodeRequirement[];
  /** On fields in place of labels; only `metadata.name` exists. */
  readonly fields: readonly NodeRequirement[];
}

export interface NodeRequirement {
  readonly key: string;
  /** `In`, `NotIn`, `Exists`, `DoesNotExist`, `Gt` or `Lt`. */
  readonly operator: string;
  readonly values: readonly string[];
}

export interface Toleration {
  /** Empty: every key. */
  readonly key: string;
  readonly operator: 'Exists' | 'Equal';
  readonly value: string;
  /** Empty: every effect. */
  readonly effect: string;
}

/**
 * The nodes that a pod may be scheduled to by the rules that do not depend on how full they are (kube-scheduler's filters
 * NodeAffinity, NodeUnschedulable and TaintToleration). That a node is not ready shows in its taints, and passes.
 */
export function eligibleNodes(nodes: readonly NodeFacts[], rules: SchedulingRules): readonly NodeFacts[] {
  return nodes.filter((node) => whyNotEligible(node, rules) === null);
}

/** Taints that come and go with a node's health: they say nothing about where a pod belongs. */
const PASSING = /^node\.kubernetes\.io\/|^node\.cloudprovider\.kubernetes\.io\//;

/** Why a pod would not be scheduled to a node, in half a sentence; null when it may. */
export function whyNotEligible(node: NodeFacts, rules: SchedulingRules): string | null {
  for (const [key, value] of Object.entries(rules.nodeSelector)) {
    if (node.labels[key] !== value) return `its nodeSelector wants ${key}=${value}`;
  }
  if (rules.terms !== null && !rules.terms.some((term) => fitsTerm(node, term)))
    return 'no term of its node affinity fits';
  const repelling = node.taints.find(
    (taint) =>
      (taint.effect === 'NoSchedule' || taint.effect === 'NoExecute') &&
      !PASSING.test(taint.key) &&
      !rules.tolerations.some((toleration) => tolerates(toleration, taint)),
  );
  if (repelling) return `it does not tolerate the taint ${repelling.key}=${repelling.value}:${repelling.effect}`;
  return node.unschedulable ? 'the node is cordoned' : null;
}

/** A term without any requirement fits no node (core/v1 NodeSelectorTerm). */
function fitsTerm(node: NodeFacts, { expressions, fields }: NodeTerm): boolean {
  if (expressions.length + fields.length === 0) return false;
  const byLabel = expressions.every((requirement) => meets(node.labels[requirement.key], requirement));
  return byLabel && fields.every((field) => meets(field.key === 'metadata.name' ? node.name : undefined, field));
}

function meets(value: string | undefined, { operator, values }: NodeRequirement): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return compare(value, values) > 0;
    case 'Lt':
      return compare(value, values) < 0;
    default:
      return false;
  }
}

/** Whole numbers only (apimachinery labels.Requirement); anything else is neither greater nor less. */
function compare(value: string | undefined, [bound]: readonly string[]): number {
  const isNumber = (text: string | undefined): text is string => text !== undefined && /^-?\d+$/.test(text);
  return isNumber(value) && isNumber(bound) ? Math.sign(Number(value) - Number(bound)) : 0;
}

function tolerates({ key, operator, value, effect }: Toleration, taint: Taint): boolean {
  if (effect !== '' && effect !== taint.effect) return false;
  if (key === '') return operator === 'Exists';
  return key === taint.key && (operator === 'Exists' || value === taint.value);
}
