import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { VERSIONED_FILES, withVersion } from '../deploy/versions.ts';
import { planRelease, type ReleaseFiles } from './plan-release.ts';

// `npm run release -- 0.2.0`: checks everything, then commits and tags. It never pushes. `--dry-run` changes nothing.

const NAMES = ['package.json', 'package-lock.json', 'CHANGELOG.md'] as const;
const say = (text: string) => process.stdout.write(`${text}\n`);
const git = (...args: readonly string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim();

/** Says why there is no release, and ends. */
function refuse(why: string): never {
  process.stderr.write(`No release: ${why}.\n`);
  process.exit(1);
}

const { positionals, values } = parseArgs({ allowPositionals: true, options: { 'dry-run': { type: 'boolean' } } });
const [wanted, ...others] = positionals;
if (wanted === undefined || others.length > 0) refuse('say one version, as `npm run release -- 0.2.0`');

const tag = `v${wanted}`;
if (git('status', '--porcelain') !== '') refuse('there are changes that are not committed');
if (git('tag', '--list', tag) !== '') refuse(`there is a tag ${tag} already`);

const read = (name: string) => readFileSync(name, 'utf8');
const files: ReleaseFiles = {
  'package.json': read('package.json'),
  'package-lock.json': read('package-lock.json'),
  'CHANGELOG.md': read('CHANGELOG.md'),
};
const plan = planRelease(files, wanted, new Date().toISOString().slice(0, 10));
if (plan.kind === 'refused') refuse(plan.why);
say(`${plan.before} → ${wanted}\n\n${plan.notes}\n`);

if (values['dry-run']) {
  say(
    `Would run .ci/run, write ${[...NAMES, ...VERSIONED_FILES].join(', ')}, commit “Release ${wanted}” and tag it ${tag}.`,
  );
  process.exit(0);
}
say('Checking everything: bash .ci/run');
const check = spawnSync('bash', ['.ci/run'], { stdio: 'inherit' });
if (check.status !== 0) refuse('the check failed; nothing was changed');
if (git('status', '--porcelain') !== '') refuse('the check has changed files; commit or ignore them first');

for (const name of NAMES) writeFileSync(name, plan.files[name]);
for (const name of VERSIONED_FILES) writeFileSync(name, withVersion(read(name), plan.before, wanted));
git('add', '--', ...NAMES, ...VERSIONED_FILES);
git('commit', '--quiet', '--message', `Release ${wanted}`);
git('tag', '--annotate', tag, '--message', `execfmt ${wanted}\n\n${plan.notes}`);
say(`Committed and tagged ${tag}. Push it when you are ready: git push origin HEAD ${tag}`);
