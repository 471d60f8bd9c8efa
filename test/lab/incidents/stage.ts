import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Docker from 'dockerode';
import { createScratchFolder } from '../lab-folder.ts';
import type { LabRegistry } from '../registry.ts';
import { type FaultyProxy, startFaultyProxy } from './faulty-proxy.ts';
import type { IncidentCase } from './incident-case.ts';

/** One incident as it stands on the engine, and what a comparison needs to know of it. */
export interface Staged {
  readonly incident: IncidentCase;
  /** `127.0.0.1:port/id` */
  readonly repository: string;
  /** Of its pushes, by their names. */
  readonly digests: ReadonlyMap<string, string>;
  /** As in the configuration's `docker:`. */
  readonly host: string;
}

/** What the acts of one incident share. */
export interface Scene {
  readonly incident: IncidentCase;
  readonly docker: Docker;
  readonly repository: string;
  /** Where the registry is reached for pushing, whatever breaks on the incident's own way to it. */
  readonly pushTo: string;
  readonly proxy: FaultyProxy | null;
  readonly digests: Map<string, string>;
  readonly folder: string;
}

/** The real engine and registry with all that the incidents put before them. */
export interface Stage {
  /** Of the engine, which is nobody else's. */
  readonly socket: string;
  readonly registry: LabRegistry;
  readonly folder: string;
  readonly proxies: FaultyProxy[];
}

/** An empty stage; `closeStage` ends what the incidents have started on it. */
export function openStage(socket: string, registry: LabRegistry): Stage {
  return { socket, registry, folder: createScratchFolder('incidents'), proxies: [] };
}

/** The name of an incident's container on the engine. */
export const containerName = ({ id }: IncidentCase, as?: string) => (as === undefined ? id : `${id}-${as}`);

/** Prepares what an incident's acts need; a registry that is going to break is reached over a proxy of its own. */
export async function openScene(stage: Stage, incident: IncidentCase): Promise<Scene> {
  const breaks = incident.story.some((act) => 'registry' in act);
  const { address } = stage.registry;
  const proxy = breaks ? await startFaultyProxy({ target: hostAndPort(address) }) : null;
  if (proxy) stage.proxies.push(proxy);
  const folder = join(stage.folder, incident.id);
  mkdirSync(folder, { recursive: true });
  return {
    incident,
    docker: new Docker({ socketPath: stage.socket, timeout: 60_000 }),
    repository: `${proxy?.address ?? address}/${incident.id}`,
    pushTo: `${address}/${incident.id}`,
    proxy,
    digests: new Map(),
    folder,
  };
}

function hostAndPort(address: string): { host: string; port: number } {
  const [host = '', port = ''] = address.split(':');
  return { host, port: Number(port) };
}

/** The engine as this incident's responder reaches it: directly, or over a proxy that denies some of it. */
export async function engineOf(stage: Stage, { id, engineDenies }: IncidentCase): Promise<string> {
  if (!engineDenies) return `unix://${stage.socket}`;
  const socketPath = join(stage.folder, `${id}.sock`);
  const target = { socketPath: stage.socket };
  stage.proxies.push(await startFaultyProxy({ target, socketPath, denies: engineDenies }));
  return `unix://${socketPath}`;
}

type HostFiles = Readonly<Record<string, { readonly mode: number; readonly content: string | Uint8Array }>>;

/** Files of a story on the host, for a bind mount. Gives the folder. */
export function writeHostFolder({ folder }: Scene, at: string, files: HostFiles): string {
  const root = join(folder, at.replaceAll('/', '_'));
  mkdirSync(root, { recursive: true });
  for (const [path, { mode, content }] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content, { mode });
    chmodSync(join(root, path), mode);
  }
  return root;
}

/** `repository:tag`, of a tag as the acts name it. */
export function referenceOf({ repository, digests, incident }: Scene, tag: string): string {
  if (tag.startsWith('mirror/')) return `${repository}-mirror:${tag.slice('mirror/'.length)}`;
  if (!tag.startsWith('@')) return `${repository}:${tag}`;
  const digest = digests.get(tag.slice(1));
  if (digest === undefined) throw new Error(`${incident.id} has no push that is named ${tag.slice(1)}`);
  return `${repository}@${digest}`;
}

/** Ends the proxies. The containers and images go with the engine, the folder with the run. */
export async function closeStage({ proxies }: Stage): Promise<void> {
  await Promise.all(proxies.map((proxy) => proxy.stop()));
}
