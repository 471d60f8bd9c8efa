import type { Place } from '../playbook/place.ts';
import type { Person } from './person.ts';

/** One remedy as it stands, ready to be approved: what is approved is exactly this, by its hash. */
export interface ActionPlan {
  readonly id: string;
  readonly run: string;
  readonly kind: 'rollback-to-digest';
  readonly where: Place;
  readonly service: string | null;
  readonly current: {
    /** The engine's id of the container that will be replaced, and of its image: the precondition. */
    readonly instanceId: string;
    readonly imageId: string;
    readonly reference: string;
    /** `sha256:…` of the image as published, when it is known. */
    readonly digest: string | null;
  };
  readonly proposed: {
    /** `repository@sha256:…` */
    readonly reference: string;
    readonly digest: string;
    readonly platform: string;
    readonly knownAs: string | null;
  };
  /** Why it will start there, in a sentence. */
  readonly proof: string;
  /** The calls that will be made, for a person to read. */
  readonly calls: readonly string[];
  readonly policy: string;
  readonly requestedBy: Person;
  readonly expiresAt: string;
  /** SHA-256 over all of the above. */
  readonly hash: string;
}
