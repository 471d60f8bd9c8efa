import type { ErrnoName, FaultCode } from '../../../src/kernel/outcome.ts';
import type { Confidence, OriginCode, Remedy, RemedyKind, Verdict } from '../../../src/playbook/verdict.ts';
import type { ImageRecipe, IndexRecipe } from './image-recipe.ts';

/** How a container is created, in the words of `docker run`. What is left out is the image's or the engine's own. */
export interface RunOptions {
  readonly entrypoint?: readonly string[];
  readonly cmd?: readonly string[];
  readonly user?: string;
  readonly workdir?: string;
  readonly env?: readonly string[];
  /** A host folder with these files, or a volume of the story, is mounted there. */
  readonly mounts?: readonly (
    | { readonly at: string; readonly files: Readonly<Record<string, { mode: number; content: string | Uint8Array }>> }
    | { readonly at: string; readonly file: { mode: number; content: string | Uint8Array } }
    | { readonly at: string; readonly volume: string }
  )[];
  /** Path → options, as `--tmpfs` takes them. */
  readonly tmpfs?: Readonly<Record<string, string>>;
  readonly init?: boolean;
  readonly readOnly?: boolean;
  readonly platform?: string;
  /** `on-failure` gives up after two restarts. */
  readonly restart?: 'no' | 'always' | 'unless-stopped' | 'on-failure';
  readonly logDriver?: 'none';
  readonly securityOptions?: readonly string[];
  /** Bytes. */
  readonly memory?: number;
  readonly labels?: Readonly<Record<string, string>>;
}

/** What a container is waited for: `ended` or refused, `running`, in a loop of restarts; `created` is never started. */
export type Until = 'ended' | 'running' | 'restarting' | 'created';

/**
 * One thing that people or machines did before the responder was called. Tags are of the incident's own repository, or
 * with `mirror/` before them of a mirror of it; a push may be given a name, so that an overwritten one can still be
 * spoken of, and `@name` in place of a tag is its digest.
 */
export type Act =
  | { readonly push: string; readonly image: ImageRecipe; readonly named?: string }
  | { readonly push: string; readonly index: IndexRecipe; readonly named?: string }
  | { readonly pull: string; readonly platform?: string }
  /** Built or loaded on the host: the image has no digest of a registry. */
  | { readonly load: string; readonly image: ImageRecipe }
  | { readonly volume: string; readonly options: Readonly<Record<string, string>> }
  | { readonly run: string; readonly as?: string; readonly with?: RunOptions; readonly until?: Until }
  /** A file of the host, below what is mounted at that path, gets other bytes. */
  | { readonly rewrite: string; readonly file: string; readonly content: Uint8Array; readonly mode: number }
  /** `docker stop`, by its `as`. */
  | { readonly stop: string }
  /** A container that has ended, by its `as`, is started once more. */
  | { readonly startAgain: string; readonly until?: Until }
  /** A container is renamed out of the way, as deployment scripts do. */
  | { readonly setAside: string }
  | { readonly removeContainer: string }
  /** Only the local copy. */
  | { readonly removeImage: string }
  /** Only the registry's copy, by the name of the push. */
  | { readonly unpublish: string }
  /** On the node's disk, in the unpacked layer, behind the engine's back. */
  | { readonly damage: string; readonly of: string; readonly leaving: number }
  | { readonly registry: 'down' | 'denies' };

type OneOf<T> = T | readonly T[];

/** A remedy as it is expected; several kinds or fits when each would be right. */
export interface ExpectedRemedy {
  readonly kind: OneOf<RemedyKind>;
  readonly fit?: OneOf<Remedy['fit']>;
}

/** What is right. What is left out is not compared; several values where each would be right. */
export interface Expected {
  readonly outcome: OneOf<Verdict['outcome']>;
  readonly fault: OneOf<FaultCode | null>;
  readonly culprit?: OneOf<string | null>;
  readonly errno?: OneOf<ErrnoName | null>;
  readonly confidence?: OneOf<Confidence>;
  readonly origin?: OneOf<OriginCode>;
  readonly must?: readonly ExpectedRemedy[];
  readonly mustNot?: readonly ExpectedRemedy[];
  /** The names of the pushes whose digests a rollback offers, all of them and no other; none when left out. */
  readonly offers?: readonly string[];
  /** The same, of those that may be offered but need not be. */
  readonly mayOffer?: readonly string[];
  /** The summary has to say this. */
  readonly says?: RegExp;
  /** What each container of the service is judged to be, by its `as`. */
  readonly each?: Readonly<Record<string, FaultCode>>;
}

/** One incident as data: where it is known from, how it came about, and what a responder should be told. */
export interface IncidentCase {
  /** Kebab-case; the name of its service, repository and container. */
  readonly id: string;
  readonly title: string;
  /**
   * `owner/repository#number` of public threads, parts of the field guide (`docs/incidents.md` says which), a known
   * cause that no thread tells purely, or a requirement: what must not be mistaken for an incident.
   */
  readonly source: string;
  /** What people saw first. */
  readonly symptom: string;
  readonly story: readonly Act[];
  /** The service's containers, by their `as`; the one without `as` when left out. */
  readonly containers?: readonly string[];
  /** What a proxy before the engine's socket refuses with 403: parts of the API's paths. */
  readonly engineDenies?: readonly string[];
  readonly expected: Expected;
  /** Why the judgement does not know this yet. An incident that is pending and passes fails the test. */
  readonly pending?: string;
}
