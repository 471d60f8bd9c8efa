/** Something that happened to a container or image, as `GET /events` tells it. */
export interface EngineEvent {
  readonly status: string;
  readonly id: string;
  readonly from?: string;
  readonly Type: 'container' | 'image';
  readonly Action: string;
  readonly Actor: { readonly ID: string; readonly Attributes: Readonly<Record<string, string>> };
  readonly scope: 'local';
  /** Seconds since 1970. */
  readonly time: number;
  readonly timeNano: number;
}

/** What is recorded; `at` is in milliseconds since 1970. */
export interface Happening {
  readonly type: 'container' | 'image';
  readonly action: string;
  readonly id: string;
  readonly from?: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly at: number;
}

const KEPT = 1_000;

/** The last events of the engine, and those who listen. */
export class EventLog {
  #events: EngineEvent[] = [];
  readonly #listeners = new Set<(event: EngineEvent) => void>();

  record({ type, action, id, from, attributes, at }: Happening): void {
    const event: EngineEvent = {
      status: action,
      id,
      ...(from !== undefined && { from }),
      Type: type,
      Action: action,
      Actor: { ID: id, Attributes: attributes },
      scope: 'local',
      time: Math.floor(at / 1000),
      timeNano: at * 1_000_000,
    };
    this.#events = [...this.#events, event].slice(-KEPT);
    for (const listener of this.#listeners) listener(event);
  }

  events(): readonly EngineEvent[] {
    return this.#events;
  }

  /** Is told every further event; the returned function ends that. */
  listen(listener: (event: EngineEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  clear(): void {
    this.#events = [];
  }
}
