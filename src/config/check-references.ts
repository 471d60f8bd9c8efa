import { entriesOf, listOf, recordOf, textOf } from './loose.ts';
import type { KeyPath, Remark } from './mistake.ts';
import { nearest } from './suggest.ts';

type Loose = Readonly<Record<string, unknown>>;

/** Every name that stands for another entry of the file must be there. */
export function* checkReferences(file: Loose): Generator<Remark> {
  for (const [name] of entriesOf(file.clusters)) {
    if (!Object.hasOwn(recordOf(file.hosts), name)) continue;
    yield { path: ['clusters', name], at: 'key', what: 'is the name of a host too; `--on` could mean either' };
  }
  for (const [name, service] of entriesOf(file.services)) yield* checkService(['services', name], service, file);
}

function* checkService(path: KeyPath, service: Loose, file: Loose): Generator<Remark> {
  const seen = new Set<string>();
  for (const [index, entry] of listOf(service.targets).entries()) {
    const target = recordOf(entry);
    const at = [...path, 'targets', index];
    yield* mustExist([...at, 'host'], target.host, 'host', 'hosts', file);
    yield* mustExist([...at, 'cluster'], target.cluster, 'cluster', 'clusters', file);
    yield* mustExist([...at, 'approvals'], target.approvals, 'policy', 'approvals', file);
    yield* mustBeServed(at, target, file);
    const same = JSON.stringify(Object.entries(target).sort());
    if (seen.has(same)) yield { path: at, at: 'value', what: 'is named twice' };
    seen.add(same);
  }
  const rebuild = recordOf(service.rebuild);
  yield* mustExist([...path, 'rebuild', 'ci'], rebuild.ci, 'CI server', 'ci', file);
  for (const [index, entry] of listOf(service.impact).entries()) {
    const source = recordOf(entry).metrics;
    yield* mustExist([...path, 'impact', index, 'metrics'], source, 'source of metrics', 'metrics', file);
  }
  yield* mustExist([...path, 'approvals'], service.approvals, 'policy', 'approvals', file);
}

/** A namespace that the cluster's own list leaves out would never be looked at. */
function* mustBeServed(path: KeyPath, target: Loose, file: Loose): Generator<Remark> {
  const cluster = textOf(target.cluster);
  const namespace = textOf(target.namespace);
  if (cluster === null || namespace === null) return;
  const served = recordOf(recordOf(file.clusters)[cluster]).namespaces;
  if (!Array.isArray(served) || served.includes(namespace)) return;
  const what = `\`${namespace}\` is not among the \`namespaces\` of cluster \`${cluster}\``;
  yield { path: [...path, 'namespace'], at: 'value', what };
}

function* mustExist(path: KeyPath, value: unknown, what: string, section: string, file: Loose): Generator<Remark> {
  const name = textOf(value);
  const names = Object.keys(recordOf(file[section]));
  if (name === null || names.includes(name)) return;
  const [guess] = nearest(name, names, 1);
  const shown = names.slice(0, 8).join(', ');
  const help = guess
    ? `did you mean \`${guess}\`?`
    : names.length === 0
      ? `\`${section}\` is empty`
      : `\`${section}\` has ${shown}${names.length > 8 ? ', …' : ''}`;
  yield { path, at: 'value', what: `there is no ${what} \`${name}\` in \`${section}\`; ${help}` };
}
