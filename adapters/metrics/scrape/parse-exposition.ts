/** One sample of a metrics page (Prometheus text exposition format 0.0.4). */
export interface ExposedSample {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  /** NaN and the infinities included. */
  readonly value: number;
}

const NAME = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const LABEL = /[ \t]*([a-zA-Z_][a-zA-Z0-9_]*)[ \t]*=[ \t]*"((?:[^"\\]|\\.)*)"[ \t]*(,?)/y;
const ESCAPES: Readonly<Record<string, string>> = { '\\n': '\n', '\\"': '"', '\\\\': '\\' };

/** Reads a metrics page. Comments, blank lines and lines that cannot be read are left out. */
export function parseExposition(text: string): readonly ExposedSample[] {
  const samples: ExposedSample[] = [];
  for (const line of text.split('\n')) {
    const sample = parseLine(line.trim());
    if (sample !== null) samples.push(sample);
  }
  return samples;
}

/** A series as it is written on a page, without a value: `name` or `name{label="value"}`. Null when it is none. */
export function parseSeries(text: string): Omit<ExposedSample, 'value'> | null {
  const series = parseStart(text.trim());
  return series === null || series.rest !== '' ? null : { name: series.name, labels: series.labels };
}

function parseLine(line: string): ExposedSample | null {
  if (line === '' || line.startsWith('#')) return null;
  const series = parseStart(line);
  if (series === null) return null;
  // A timestamp, or an exemplar behind `#`, may follow the value.
  const value = parseValue(series.rest.split(/[ \t]/)[0] ?? '');
  return value === null ? null : { name: series.name, labels: series.labels, value };
}

function parseStart(text: string): { name: string; labels: ReadonlyMap<string, string>; rest: string } | null {
  NAME.lastIndex = 0;
  const name = NAME.exec(text)?.[0];
  if (name === undefined) return null;
  const after = text.slice(name.length).trimStart();
  if (!after.startsWith('{')) {
    const isSeparated = after === '' || after.length < text.length - name.length;
    return isSeparated ? { name, labels: new Map(), rest: after } : null;
  }
  const labels = new Map<string, string>();
  let at = 1;
  for (let comma = ','; comma !== ''; ) {
    LABEL.lastIndex = at;
    const label = LABEL.exec(after);
    if (label === null) break;
    labels.set(
      label[1] ?? '',
      (label[2] ?? '').replace(/\\[n"\\]/g, (pair) => ESCAPES[pair] ?? pair),
    );
    comma = label[3] ?? '';
    at = LABEL.lastIndex;
  }
  const end = after.slice(at).trimStart();
  return end.startsWith('}') ? { name, labels, rest: end.slice(1).trim() } : null;
}

/** Go's ParseFloat, as far as exporters write it. */
function parseValue(text: string): number | null {
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) return Number(text);
  if (/^nan$/i.test(text)) return Number.NaN;
  const infinity = /^([+-]?)inf(?:inity)?$/i.exec(text);
  if (infinity === null) return null;
  return infinity[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}
