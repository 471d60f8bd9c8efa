import type { Place } from '../playbook/place.ts';
import type { Person } from './person.ts';

/** What every plan binds, whatever it does. */
interface PlanBase {
  readonly id: string;
  readonly run: string;
  /** The instance that it is for; of a rebuild the one for which it was asked. */
  readonly where: Place;
  readonly service: string | null;
  /** Why it will help there, in a sentence. */
  readonly proof: string;
  /** The calls that will be made, for a person to read. */
  readonly calls: readonly string[];
  readonly policy: string;
  readonly requestedBy: Person;
  readonly expiresAt: string;
  /** SHA-256 over all of the above and below. */
  readonly hash: string;
}

/** Gives one instance another image, or its image another node. */
export interface InstancePlan extends PlanBase {
  readonly kind: 'rollback-to-digest' | 'deploy-digest' | 'pull-platform' | 'repull' | 'schedule-to-arch';
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
    /** Of `repull`: the image stays, and its copy on the host is damaged in this layer, counted from 0 at the bottom. */
    readonly damagedLayer?: number;
    /** Of `schedule-to-arch`: the image stays, and these labels choose the nodes. */
    readonly nodeSelector?: Readonly<Record<string, string>>;
  };
}

/** Builds the image anew, where it belongs. What comes out has to be proved and approved on its own before it is deployed. */
export interface RebuildPlan extends PlanBase {
  readonly kind: 'rebuild';
  readonly current: {
    /** The tag that is pushed over, as the instance names it. */
    readonly reference: string;
    /** What it points to when this is proposed: the precondition. Null: it points to nothing. */
    readonly digest: string | null;
  };
  readonly build: {
    readonly ci: string;
    readonly project: string;
    readonly ref: string | null;
    readonly job: string | null;
    readonly runner: string | null;
  };
  /** The platform that is wanted: `linux/amd64`. */
  readonly platform: string;
}

/** One remedy as it stands, ready to be approved: what is approved is exactly this, by its hash. */
export type ActionPlan = InstancePlan | RebuildPlan;

type WithoutHash<P> = P extends ActionPlan ? Omit<P, 'hash'> : never;

/** A plan before it is sealed. */
export type UnsealedPlan = WithoutHash<ActionPlan>;
