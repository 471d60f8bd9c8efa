import type { ConfigDocument } from '../documents.ts';
import { OWN_LABELS } from './swap-labels.ts';

/** Belong to the image or to the engine's own bookkeeping: the new image brings its own. */
const LEFT_OUT = ['Image', 'OnBuild', 'ArgsEscaped'] as const;
/** Values that come from the image as a whole or were set instead of it as a whole. */
const WHOLE = ['User', 'WorkingDir', 'Shell', 'StopSignal'] as const;

/**
 * The configuration for a container on another image: what was set for the old container, without what it merely had from
 * its image, so that the new image's own defaults apply. `image` null: unknown, then everything is carried over.
 */
export function carryOverConfig(config: ConfigDocument, image: ConfigDocument | null): ConfigDocument {
  const kept: Record<string, unknown> = { ...config };
  for (const key of LEFT_OUT) delete kept[key];
  kept.Labels = without(config.Labels, OWN_LABELS);
  if (image === null) return kept;
  for (const key of WHOLE) if (same(config[key], image[key])) delete kept[key];
  kept.Healthcheck = healthcheck(config.Healthcheck, image.Healthcheck);
  kept.Env = (config.Env ?? []).filter((entry) => !image.Env?.includes(entry));
  kept.Labels = difference(without(config.Labels, OWN_LABELS), image.Labels);
  kept.Volumes = difference(config.Volumes, image.Volumes);
  kept.ExposedPorts = difference(config.ExposedPorts, image.ExposedPorts);
  return { ...kept, ...command(config, image) };
}

/**
 * Entrypoint and Cmd hang together (moby daemon/commit.go, merge): the image's Cmd applies only when neither was set, and
 * an entrypoint that was taken away is said to the engine as `[""]`.
 */
function command(config: ConfigDocument, image: ConfigDocument): Pick<ConfigDocument, 'Cmd' | 'Entrypoint'> {
  if (!same(list(config.Entrypoint), list(image.Entrypoint))) {
    const entrypoint = list(config.Entrypoint);
    return { Entrypoint: entrypoint.length === 0 ? [''] : entrypoint, Cmd: list(config.Cmd) };
  }
  return { Entrypoint: null, Cmd: same(list(config.Cmd), list(image.Cmd)) ? null : list(config.Cmd) };
}

/** The engine takes each part of a health check from the image when it was not set (moby daemon/commit.go, merge). */
function healthcheck(config: unknown, image: unknown): Record<string, unknown> | undefined {
  const set = difference(config as Record<string, unknown> | null | undefined, image as Record<string, unknown> | null);
  return Object.keys(set).length === 0 ? undefined : set;
}

const list = (value: readonly string[] | null | undefined) => value ?? [];

function difference<T>(
  of: Readonly<Record<string, T>> | null | undefined,
  less: Readonly<Record<string, unknown>> | null | undefined,
): Record<string, T> {
  const entries = Object.entries(of ?? {});
  return Object.fromEntries(entries.filter(([key, value]) => !(less && key in less && same(value, less[key]))));
}

function without<T>(of: Readonly<Record<string, T>> | null | undefined, keys: readonly string[]): Record<string, T> {
  return Object.fromEntries(Object.entries(of ?? {}).filter(([key]) => !keys.includes(key)));
}

/** Both come from the same engine, so that equal values are written equally; nothing and emptiness are the same. */
function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a || null) === JSON.stringify(b || null);
}
