import type { Platform } from '../../../../src/image/platform.ts';
import type { Clock } from '../../../../src/ports/clock.ts';
import type { Api } from '../api.ts';
import type { NodeDocument } from '../documents.ts';
import { nodeFacts } from '../node-facts.ts';
import { RESOURCES } from '../resources.ts';

/** The different platforms of some nodes by name. Rejects with ProbeError. */
export type NodePlatforms = (names: readonly string[], signal: AbortSignal) => Promise<readonly Platform[]>;

/** A name may come back as another machine; during a verification, which looks every second, it does not. */
const REMEMBERED_MS = 60_000;
const AT_ONCE = 10;

/** Asks each node once for its platform, however many there are and however often it is looked. */
export function createNodePlatforms(api: Api, clock: Clock): NodePlatforms {
  const asked = new Map<string, { at: number; platform: Promise<Platform> }>();
  const read = async (name: string, signal: AbortSignal): Promise<Platform> => {
    const node = await api.get<NodeDocument>({ verb: 'get', resource: RESOURCES.nodes, namespace: null, name }, signal);
    return nodeFacts(api.target, node, undefined).platform;
  };
  const platformOf = (name: string, signal: AbortSignal): Promise<Platform> => {
    const before = asked.get(name);
    if (before) return before.platform;
    const platform = read(name, signal);
    asked.set(name, { at: clock.monotonic(), platform });
    platform.catch(() => asked.delete(name));
    return platform;
  };
  return async (names, signal) => {
    for (const [name, { at }] of asked) if (clock.monotonic() - at > REMEMBERED_MS) asked.delete(name);
    const found = new Map<string, Platform>();
    for (let from = 0; from < names.length; from += AT_ONCE) {
      const some = await Promise.all(names.slice(from, from + AT_ONCE).map((name) => platformOf(name, signal)));
      for (const one of some) found.set([one.os, one.architecture, one.variant].join('/'), one);
    }
    return [...found.values()];
  };
}
