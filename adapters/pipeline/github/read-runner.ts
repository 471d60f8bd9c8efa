import { asList, asObject, asText, type JsonObject } from '../../../src/image/json-values.ts';
import { ProbeError } from '../../../src/playbook/answer.ts';
import { architectureInName } from '../../../src/playbook/architecture-words.ts';
import type { BuildRunner } from '../../../src/playbook/build-evidence.ts';
import { hostedArchitecture } from '../../../src/playbook/hosted-runners.ts';
import type { GithubClient } from './client.ts';
import type { JobDocument } from './documents.ts';
import { repositoryPath } from './repository-path.ts';

/** The group of the machines that GitHub itself runs. */
const HOSTED_GROUP = 'GitHub Actions';

interface Asked {
  readonly target: string;
  readonly project: string;
  readonly signal: AbortSignal;
}

/**
 * The runner of a job; null while none has taken it. Of GitHub's own machines the label tells the architecture; a self-hosted
 * runner's is known to GitHub as a label that cannot be edited, which only administrators may read.
 */
export async function readRunner(client: GithubClient, job: JobDocument, asked: Asked): Promise<BuildRunner | null> {
  const { runnerName: name, labels } = job;
  if (name === null) return null;
  if (job.runnerGroup === HOSTED_GROUP) {
    const found = [...new Set(labels.map(hostedArchitecture).filter((architecture) => architecture !== null))];
    const architecture = found.length === 1 ? (found[0] ?? null) : null;
    const unknownBecause = architecture === null ? `GitHub’s label ${labels.join(', ')} does not say what it is` : null;
    return { name, labels, architecture, os: null, unknownBecause };
  }
  const document = await findRunner(client, job, asked);
  if (typeof document !== 'string') return ofDocument(document, name, labels);
  return { name, labels, architecture: null, os: null, unknownBecause: document };
}

function ofDocument(document: JsonObject, name: string, asked: readonly string[]): BuildRunner {
  const entries = asList(document.labels).map(asObject);
  const names = entries.map((label) => asText(label?.name)).filter((label) => label !== null);
  // What the runner itself reported when it was registered is read-only; the others were chosen by a person.
  const own = entries.filter((label) => label?.type === 'read-only').map((label) => asText(label?.name) ?? '');
  const found = own.map(architectureOfLabel).filter((architecture) => architecture !== null);
  const architecture = found.length === 1 ? (found[0] ?? null) : null;
  const unknownBecause = architecture === null ? `the runner ${name} was registered without its architecture` : null;
  return { name, labels: [...new Set([...names, ...asked])], architecture, os: osOf(document), unknownBecause };
}

/** The runner's own labels are X64, ARM64, ARM and X86. */
function architectureOfLabel(label: string): string | null {
  const short: Readonly<Record<string, string>> = { ARM: 'arm', X86: '386' };
  return short[label.toUpperCase()] ?? architectureInName(label);
}

const osOf = (document: JsonObject) => asText(document.os)?.toLowerCase() || null;

/** Of the repository or, as most are, of its organisation; a sentence why it is not known. The rest is not worth losing for it. */
async function findRunner(
  client: GithubClient,
  { runnerId, runnerName }: JobDocument,
  { target, project, signal }: Asked,
): Promise<JsonObject | string> {
  if (runnerId === null) return `GitHub does not say which runner ${runnerName} is`;
  const owner = `/orgs/${project.split('/')[0]}`;
  for (const below of [repositoryPath(project, target), owner]) {
    try {
      return await client.get({ path: `${below}/actions/runners/${runnerId}`, what: `the runner ${runnerId}`, signal });
    } catch (error) {
      if (!(error instanceof ProbeError)) throw error;
      if (error.why.code !== 'denied' && error.why.code !== 'not-found') return error.why.message;
    }
  }
  return `the token may not see self-hosted runners, or ${runnerName} was removed; with Administration: read it could`;
}
