import { randomUUID } from 'node:crypto';
import type { Person } from '../../../src/approval/person.ts';
import type { Card } from '../../../src/view/card.ts';
import { BoundedMap } from './bounded-map.ts';

const KEPT = 100;

/** Private answers, kept for the page that comes after a redirect, and for the question before one of their buttons. */
export class Notes {
  readonly #kept = new BoundedMap<{ readonly card: Card; readonly to: string }>(KEPT);

  /** Gives the name that it has in `?note=`. */
  keep(card: Card, to: Person): string {
    const id = randomUUID();
    this.#kept.set(id, { card, to: to.id });
    return id;
  }

  /** Nobody but the person it was told gets it. */
  read(id: string | undefined, person: Person): Card | undefined {
    const kept = this.#kept.get(id ?? '');
    return kept?.to === person.id ? kept.card : undefined;
  }
}
