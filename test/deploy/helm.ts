import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { parseAllDocuments, stringify } from 'yaml';
import { goProgram } from '../lab/go-program.ts';
import { goPath } from '../lab/kubernetes/fetch-go.ts';
import { KUBERNETES_VERSION } from '../lab/kubernetes/programs.ts';
import { createScratchFolder, removeLabFolder } from '../lab/lab-folder.ts';

const run = promisify(execFile);

export const CHART = resolve(import.meta.dirname, '../../deploy/helm/execfmt');
const HELM = { path: 'helm.sh/helm/v3/cmd/helm', version: 'v3.18.6' };

/** An object of Kubernetes as far as the tests look at it from outside. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Record<string, string> };
  readonly rules?: readonly unknown[];
  // biome-ignore lint/suspicious/noExplicitAny: documents of many kinds, read by the names that the API gives
  readonly spec?: any;
  readonly data?: Readonly<Record<string, string>>;
}

export type Values = Readonly<Record<string, unknown>>;

/** The real helm, built once with Go. Rejects with what it says on stderr. */
export async function helm(...args: readonly string[]): Promise<string> {
  const program = await goProgram(HELM, await goPath());
  if (program === null) throw new Error('There is no Go to build helm with.');
  const folder = createScratchFolder('helm');
  try {
    const env = { PATH: process.env.PATH, HOME: folder };
    const { stdout } = await run(program, [...args], { env, timeout: 60_000, maxBuffer: 1 << 24 });
    return stdout;
  } finally {
    removeLabFolder(folder);
  }
}

/** What `helm template execfmt deploy/helm/execfmt --namespace execfmt` writes with these values. */
export async function renderChart(values: Values): Promise<string> {
  const folder = createScratchFolder('values');
  try {
    const file = join(folder, 'values.yaml');
    writeFileSync(file, stringify(values));
    // As built by Go alone helm takes itself for one of Kubernetes 1.20.
    const version = ['--kube-version', KUBERNETES_VERSION];
    return await helm('template', 'execfmt', CHART, '--namespace', 'execfmt', ...version, '--values', file);
  } finally {
    removeLabFolder(folder);
  }
}

/** The objects of a file of manifests. */
export function objectsOf(text: string): Manifest[] {
  return parseAllDocuments(text).flatMap((document) => (document.toJS() as Manifest | null) ?? []);
}
