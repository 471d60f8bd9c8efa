import { architectureOf } from '../../../src/image/platform.ts';
import type { HostFacts } from '../../../src/playbook/evidence.ts';
import { estateFailure } from '../../../src/ports/estate-failure.ts';
import type { Labels, NodeDocument } from './documents.ts';

/** Facts out of a Node: the kubelet's own word first, its labels where that is missing. Rejects nothing; throws ProbeError. */
export function nodeFacts(target: string, node: NodeDocument, runtimeClass: string | undefined): HostFacts {
  const info = node.status?.nodeInfo ?? {};
  const labels = node.metadata?.labels ?? {};
  const machine = info.architecture || labels['kubernetes.io/arch'];
  const os = info.operatingSystem || labels['kubernetes.io/os'];
  const name = node.metadata?.name ?? '';
  if (!machine || !os) {
    const message = `the node ${name} says neither in its status nor in its labels on which platform it runs`;
    throw estateFailure(target, 'invalid', message);
  }
  const { architecture, variant } = architectureOf(machine);
  const kernelVersion = info.kernelVersion ?? '';
  return {
    machine,
    platform: { os, architecture, variant },
    kernelVersion,
    operatingSystem: info.osImage ?? '',
    engine: (info.containerRuntimeVersion ?? 'runtime unknown').replace('://', ' '),
    runtime: runtimeClass === undefined ? 'default runtime' : `runtime class ${runtimeClass}`,
    remarks: remarksOn(node, machine, os),
    kernel: {
      os,
      arch: architecture,
      variant,
      pageSize: pageSizeOf(kernelVersion, labels),
      compat32: null,
      kernel: /^\d+\.\d+/.exec(kernelVersion)?.[0] ?? null,
      binfmt: null,
      mmapMinAddr: null,
      vaBits: null,
    },
  };
}

/** Where labels contradict the kubelet, and what else is odd about a node. The scheduler believes labels; the kernel does not. */
function remarksOn({ metadata, spec, status }: NodeDocument, machine: string, os: string): string[] {
  const labels = metadata?.labels ?? {};
  const stated = (key: string, is: string) =>
    labels[key] !== undefined && labels[key] !== is
      ? [
          `The label ${key}=${labels[key]} contradicts the kubelet, which reports ${is}: the scheduler goes by the label.`,
        ]
      : [];
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  return [
    ...stated('kubernetes.io/arch', machine),
    ...stated('kubernetes.io/os', os),
    ...(ready && ready.status !== 'True'
      ? [`The node is not ready: ${ready.message ?? ready.reason ?? 'no reason given'}.`]
      : []),
    ...(spec?.unschedulable ? ['The node is cordoned.'] : []),
    ...cpuFeatures(labels),
  ];
}

const CPU_LABEL = 'feature.node.kubernetes.io/cpu-cpuid.';
const LEVELS = ['AVX512F', 'AVX2', 'SSE42'] as const;

/** Node Feature Discovery labels a node with what its CPU can do; x86-64-v4, v3 and v2 need these. */
function cpuFeatures(labels: Labels): string[] {
  const has = LEVELS.filter((feature) => labels[`${CPU_LABEL}${feature}`] === 'true');
  return has.length > 0 ? [`Its CPU has ${has.join(', ')} by its labels.`] : [];
}

/** Bytes, where the kernel's name (RHEL and Ubuntu: `+64k`, `-64k`) or a label of Node Feature Discovery tells it. */
function pageSizeOf(kernelVersion: string, labels: Labels): number | null {
  const config = (name: string) => labels[`feature.node.kubernetes.io/kernel-config.${name}`] === 'true';
  if (/[+-]64k\b/.test(kernelVersion) || config('ARM64_64K_PAGES')) return 65_536;
  if (/[+-]16k\b/.test(kernelVersion) || config('ARM64_16K_PAGES')) return 16_384;
  return null;
}
