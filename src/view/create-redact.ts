import { redact } from './redact.ts';

/** What an organisation's own secrets look like. */
export interface SecretPattern {
  /** Shown in place of the secret: `[removed: <name>]`. */
  readonly name: string;
  /** A regular expression (flag u) that takes time in proportion to the text. */
  readonly pattern: string;
}

/** Removes secrets from a text. */
export type Redact = (text: string) => string;

/** The organisation's own patterns first, as they know best what a thing is, then all that is known everywhere. */
export function createRedact(patterns: readonly SecretPattern[]): Redact {
  if (patterns.length === 0) return redact;
  const own = patterns.map(({ name, pattern }) => ({
    form: new RegExp(`\\[removed: [^\\]]{1,60}\\]|${pattern}`, 'gu'),
    mark: `[removed: ${name}]`,
  }));
  return (text) =>
    redact(
      own.reduce(
        (rest, { form, mark }) => rest.replace(form, (found) => (found.startsWith('[removed: ') ? found : mark)),
        text,
      ),
    );
}
