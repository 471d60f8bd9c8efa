import { Containers } from './containers.ts';
import { EventLog } from './event-log.ts';
import { ImageStore } from './image-store.ts';
import type { Program } from './run-container.ts';

/** What a practice engine is made with. `program` is what running containers do; `now` is in milliseconds since 1970. */
export interface EngineOptions {
  readonly hostName: string;
  readonly now: () => number;
  readonly program: Program;
}

/** The state of a practice engine: its images, its containers, and what happened. */
export interface Engine {
  readonly hostName: string;
  readonly now: () => number;
  readonly images: ImageStore;
  readonly containers: Containers;
  readonly events: EventLog;
  /** Ends every program and timer, and forgets everything. */
  clear(): void;
}

/** An engine without images and containers. */
export function createEngine({ hostName, now, program }: EngineOptions): Engine {
  const images = new ImageStore();
  const events = new EventLog();
  const containers = new Containers(images, { now, events, program });
  return {
    hostName,
    now,
    images,
    containers,
    events,
    clear() {
      containers.clear();
      images.clear();
      events.clear();
    },
  };
}
