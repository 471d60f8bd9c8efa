import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, debianBinary } from '../debian-binary.ts';
import { buildPrograms } from './build-programs.ts';
import { mayHaveGo } from './fetch-go.ts';

/** One version of everything: the scratch module and the folder in the cache are named after it. */
export const KUBERNETES_VERSION = 'v1.33.13';

const CONTROL_PLANE = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'] as const;
export const NODE_PROGRAMS = ['kubelet'] as const;
export type Program = (typeof CONTROL_PLANE)[number] | (typeof NODE_PROGRAMS)[number];

const cachedFolder = () => join(cacheFolder(), `kubernetes-${KUBERNETES_VERSION}`);
const holds = (folder: string, programs: readonly string[]) => programs.every((name) => existsSync(join(folder, name)));

/** Whether the control plane's programs are there or could be built: asked before a suite is begun. */
export function mayHavePrograms(canUnzip: boolean): boolean {
  const assets = process.env.KUBEBUILDER_ASSETS;
  if (assets && holds(assets, CONTROL_PLANE)) return true;
  return holds(cachedFolder(), CONTROL_PLANE) || mayHaveGo(canUnzip);
}

/**
 * The path of one program: of `$KUBEBUILDER_ASSETS` (the convention of envtest), else of the cache, else built there
 * with Go, once, which takes many minutes. Rejects with the end of Go's words.
 */
export async function programPath(name: Program): Promise<string> {
  const assets = process.env.KUBEBUILDER_ASSETS;
  if (assets && existsSync(join(assets, name))) return join(assets, name);
  const path = join(cachedFolder(), name);
  if (!existsSync(path)) await buildPrograms(KUBERNETES_VERSION, [name], cachedFolder());
  return path;
}

/** etcd: of `$KUBEBUILDER_ASSETS`, else Debian's. */
export async function etcdPath(): Promise<string> {
  const assets = process.env.KUBEBUILDER_ASSETS;
  if (assets && existsSync(join(assets, 'etcd'))) return join(assets, 'etcd');
  return debianBinary('etcd-server', 'usr/bin/etcd', process.arch === 'arm64' ? 'arm64' : 'amd64');
}
