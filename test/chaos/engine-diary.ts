import type { Readable } from 'node:stream';
import type Docker from 'dockerode';

/** One event of a container, as the engine told it. */
export interface EngineEvent {
  readonly action: string;
  readonly id: string;
  /** Its name then; the new one of a renaming. */
  readonly name: string;
  /** Of a renaming. */
  readonly oldName: string | null;
  /** The swap that made it; null for other containers. */
  readonly swap: string | null;
}

/** What the engine says of its containers while a test runs, from the engine itself and nobody else. */
export interface EngineDiary {
  /** In order, of containers whose names begin so. */
  of(name: string): readonly EngineEvent[];
  close(): void;
}

interface EventDocument {
  readonly Action: string;
  readonly Actor: { readonly ID: string; readonly Attributes: Readonly<Record<string, string>> };
}

/** Begins to listen. */
export async function keepEngineDiary(docker: Docker): Promise<EngineDiary> {
  const stream = (await docker.getEvents({ filters: { type: ['container'] } })) as Readable;
  const events: EngineEvent[] = [];
  let rest = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    events.push(...lines.filter((line) => line.trim() !== '').map(read));
  });
  return {
    of: (name) => events.filter((event) => event.name.startsWith(name)),
    close: () => stream.destroy(),
  };
}

function read(line: string): EngineEvent {
  const { Action, Actor } = JSON.parse(line) as EventDocument;
  const { name = '', oldName } = Actor.Attributes;
  return {
    action: Action,
    id: Actor.ID,
    name,
    oldName: oldName?.slice(1) ?? null,
    swap: Actor.Attributes['execfmt.swap'] ?? null,
  };
}

function isAside(name: string, service: string): boolean {
  return name.startsWith(`${service}-execfmt-`) && !name.startsWith(`${service}-execfmt-new-`);
}

/**
 * The moments at which no container was there under the service's name, or set aside under a name made of it, told from
 * the events alone; empty when it was never gone. One that has yet to get the name does not count.
 */
export function absences(events: readonly EngineEvent[], service: string): string[] {
  const names = new Map<string, string>();
  const gone: string[] = [];
  for (const { action, id, name } of events) {
    if (action === 'create' || action === 'rename') names.set(id, name);
    else if (action === 'destroy') names.delete(id);
    else continue;
    const standing = [...names.values()].some((is) => is === service || isAside(is, service));
    if (!standing) gone.push(`after ${action} of ${name}`);
  }
  return gone;
}
