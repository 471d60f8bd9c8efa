/** One thing that is wrong in the configuration file, where a person finds it. Line and column count from 1. */
export interface Mistake {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** `services.pdf-renderer.targets[0].host`; empty when it is the file as a whole that is wrong. */
  readonly key: string;
  readonly what: string;
}

/** The steps from the root of the file to a key. */
export type KeyPath = readonly (string | number)[];

/** A mistake that knows its key but not yet its place. `at` says whether the key or its value is to be shown. */
export interface Remark {
  readonly path: KeyPath;
  readonly what: string;
  readonly at: 'key' | 'value';
}

/** One line for a terminal: `execfmt.yaml:12:7 services.x.targets[0].host: …`. */
export function formatMistake(mistake: Mistake): string {
  const place = `${mistake.file}:${mistake.line}:${mistake.column}`;
  return mistake.key === '' ? `${place} ${mistake.what}` : `${place} ${mistake.key}: ${mistake.what}`;
}

/** Writes a path as people do; a name with a dot or bracket in it is quoted. */
export function formatKeyPath(path: KeyPath): string {
  return path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`;
      const name = /^[^\s.[\]"]+$/.test(step) ? step : JSON.stringify(step);
      return index === 0 ? name : `.${name}`;
    })
    .join('');
}
