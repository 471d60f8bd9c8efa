import { judgeLicences } from './judge-licences.ts';
import { readInstalled, readLock } from './read-packages.ts';

// `npm run licences`: the licence of everything that is shipped, by licence; fails when one has to be looked at.

const all = judgeLicences(readLock(), readInstalled);
const byLicence = Map.groupBy(all, ({ licence }) => licence ?? 'none told');
for (const [licence, packages] of [...byLicence].sort(([left], [right]) => (left < right ? -1 : 1))) {
  const names = packages.map(({ path, version }) => `${path.replace(/^.*node_modules\//, '')}@${version}`);
  process.stdout.write(`${licence} (${names.length}): ${names.join(', ')}\n`);
}
const others = all.filter(({ allowed }) => !allowed);
for (const { path, licence } of others) process.stderr.write(`${path} has ${licence ?? 'no licence'}: look at it.\n`);
process.exitCode = others.length > 0 ? 1 : 0;
