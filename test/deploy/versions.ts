/** The files beside package.json that name execfmt's own version, by their path in the repository. */
export const VERSIONED_FILES = [
  'Dockerfile',
  'deploy/compose/compose.yaml',
  'deploy/helm/execfmt/Chart.yaml',
  'deploy/kubernetes/execfmt-sqlite.yaml',
  'deploy/kubernetes/execfmt-postgres.yaml',
  'docs/install.md',
] as const;

/** The text of such a file with another version of execfmt in it; other versions, of other things, stay. */
export const withVersion = (text: string, before: string, after: string): string =>
  text.replace(new RegExp(`(?<![\\d.])${before.replaceAll('.', '\\.')}(?![\\d.]*\\d)`, 'g'), after);
