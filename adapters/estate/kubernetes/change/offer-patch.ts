import { repositoryOf } from '../../../../src/playbook/instance-evidence.ts';
import type { FoundWorkload } from '../find-workloads.ts';
import { templateOf } from '../inspect-instance.ts';
import type { Owner } from '../ownership.ts';
import { podSpecPatch, type TemplateChange } from './template-change.ts';

/** Kinds as manifests name them. */
const KINDS: Readonly<Record<string, readonly [apiVersion: string, kind: string]>> = {
  deployment: ['apps/v1', 'Deployment'],
  statefulset: ['apps/v1', 'StatefulSet'],
  daemonset: ['apps/v1', 'DaemonSet'],
  replicaset: ['apps/v1', 'ReplicaSet'],
  job: ['batch/v1', 'Job'],
  cronjob: ['batch/v1', 'CronJob'],
};

/**
 * The change as something to commit where the workload is kept: a strategic merge patch as kustomize takes it, or what
 * to set in a Helm chart's values. Null where the workload is made by a controller from an object of its own, whose
 * fields nobody here knows.
 */
export function offerPatch(owner: Owner | null, workload: FoundWorkload, change: TemplateChange): string | null {
  if (owner?.kind === 'controller') return null;
  return owner?.kind === 'helm' ? helmValues(change) : kustomizePatch(workload, change);
}

/** A file for `patches:` of a kustomization.yaml; `kubectl patch --patch-file` takes it too. */
export function kustomizePatch(workload: FoundWorkload, change: TemplateChange): string | null {
  const { kind, namespace, name, document } = workload;
  const known = KINDS[kind];
  if (known === undefined) return null;
  const [apiVersion, kindName] = known;
  const template = { template: { spec: podSpecPatch(change, templateOf(workload)) } };
  const spec = document.spec?.jobTemplate || kind === 'cronjob' ? { jobTemplate: { spec: template } } : template;
  return toYaml({ apiVersion, kind: kindName, metadata: { name, namespace }, spec }).join('\n');
}

/** The images of a kustomization, for objects whose lists kustomize does not merge: custom resources. */
export function kustomizeImages(image: string): string {
  const [, digest] = image.split('@');
  return toYaml({ images: [{ name: repositoryOf(image), ...(digest && { digest }) }] }).join('\n');
}

/** By the names that `helm create` gives; a chart may call them otherwise. */
function helmValues(change: TemplateChange): string {
  if (change.kind === 'node-selector') return toYaml({ nodeSelector: change.labels }).join('\n');
  const [, digest] = change.image.split('@');
  const repository = repositoryOf(change.image);
  // Charts write `repository:tag`; a chart without a field for the digest takes this for a tag.
  return toYaml({
    image: { repository, ...(digest ? { digest } : { tag: change.image.slice(repository.length + 1) }) },
  }).join('\n');
}

/** Objects, lists of objects, and words in block style; quotes are those of JSON, which are YAML’s too. */
function toYaml(value: object, indent = ''): string[] {
  return Object.entries(value).flatMap(([key, one]: [string, unknown]) => {
    if (typeof one !== 'object' || one === null)
      return [`${indent}${key}: ${one === null ? 'null' : plain(String(one))}`];
    if (!Array.isArray(one)) return [`${indent}${key}:`, ...toYaml(one, `${indent}  `)];
    const items = one.flatMap((item: object) => {
      const [first = '', ...rest] = toYaml(item, `${indent}    `);
      return [`${indent}  - ${first.trimStart()}`, ...rest];
    });
    return [`${indent}${key}:`, ...items];
  });
}

/** Words that cannot be taken for anything else stay without quotes. */
const plain = (word: string) =>
  /^[a-z][a-z0-9./@:_-]*$/i.test(word) && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(word) && !word.endsWith(':')
    ? word
    : JSON.stringify(word);
