import { type HistoryStep, readHistory } from './history.ts';
import { asObject, asText, asTextRecord, asTexts, parseJsonObject } from './json-values.ts';
import { oneLine } from './one-line.ts';
import { architectureOf, type Platform } from './platform.ts';
import { readStatedBuild, type StatedBuild } from './stated-build.ts';

/** The configuration of one image (OCI image-spec config.md); of the environment only PATH is kept. */
export interface ImageConfig {
  readonly platform: Platform;
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  readonly workingDir: string;
  readonly user: string;
  readonly path: string | null;
  readonly createdAt: string | null;
  readonly labels: Readonly<Record<string, string>>;
  /** What the labels, and of an opened image its manifest’s annotations, say of where it comes from. */
  readonly build: StatedBuild;
  /** Lowest step first. */
  readonly history: readonly HistoryStep[];
}

/** Reads the JSON of an image configuration; null when it is none. What it leaves out of its platform is `unknown`. */
export function parseImageConfig(json: string): ImageConfig | null {
  const document = parseJsonObject(json);
  if (document === null) return null;
  const run = asObject(document.config) ?? {};
  const labels = asTextRecord(run.Labels);
  return {
    platform: platformOf(document),
    entrypoint: asTexts(run.Entrypoint),
    cmd: asTexts(run.Cmd),
    workingDir: asText(run.WorkingDir) ?? '',
    user: asText(run.User) ?? '',
    path: pathOf(asTexts(run.Env)),
    createdAt: asText(document.created),
    labels,
    build: readStatedBuild(labels),
    history: readHistory(document.history),
  };
}

/** Reads `os`, `architecture` and `variant`, as configurations and index entries state them. */
export function platformOf(value: Readonly<Record<string, unknown>>): Platform {
  const { architecture, variant } = architectureOf(nameOf(value.architecture) ?? 'unknown');
  return { os: nameOf(value.os) ?? 'unknown', architecture, variant: nameOf(value.variant) ?? variant };
}

/** No platform has a name of more than this; names stand in messages. */
const LONGEST_NAME = 64;

function nameOf(value: unknown): string | null {
  return oneLine(asText(value))?.slice(0, LONGEST_NAME).toLowerCase() ?? null;
}

/** Of a variable that is set twice the last one counts, as for the runtimes. */
function pathOf(environment: readonly string[]): string | null {
  return environment.findLast((line) => line.startsWith('PATH='))?.slice('PATH='.length) ?? null;
}
