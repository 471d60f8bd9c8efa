import { createGithubBuildHistory } from '../../adapters/pipeline/github/build-history.ts';
import { createGithubRebuilds } from '../../adapters/pipeline/github/rebuilds.ts';
import { createGitlabBuildHistory } from '../../adapters/pipeline/gitlab/build-history.ts';
import { createGitlabRebuilds } from '../../adapters/pipeline/gitlab/rebuilds.ts';
import { systemClock } from '../../adapters/system/clock.ts';
import { readSecret } from '../../adapters/system/read-secret.ts';
import type { CiConfig, Config } from '../config/config.ts';
import type { BuildHistory } from '../ports/build-history.ts';
import type { Rebuilds } from '../ports/rebuilds.ts';
import { UsageError } from './exit-status.ts';
import { readPem } from './read-pem.ts';

/** The CI servers, by their names in the configuration. */
export interface Pipelines {
  readonly histories: ReadonlyMap<string, BuildHistory>;
  /** Only those on which somebody may approve a rebuild. */
  readonly rebuilds: ReadonlyMap<string, Rebuilds>;
}

/**
 * Connects the CI servers that services name under `rebuild`. One for which no such service has approvers is not given the means
 * to start anything; one that no service names is not connected, so its token need not be there. Throws UsageError.
 */
export async function connectPipelines(
  config: Pick<Config, 'ci' | 'services' | 'approvals'>,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Pipelines> {
  const approved = new Set(config.approvals.filter(({ approvers }) => approvers.length > 0).map(({ name }) => name));
  const named = new Set<string>();
  const startable = new Set<string>();
  for (const { rebuild, approvals, targets } of config.services) {
    if (rebuild === null) continue;
    named.add(rebuild.ci);
    const policies = [approvals, ...targets.map((target) => target.approvals ?? null)];
    if (policies.some((policy) => policy !== null && approved.has(policy))) startable.add(rebuild.ci);
  }
  const histories = new Map<string, BuildHistory>();
  const rebuilds = new Map<string, Rebuilds>();
  for (const server of config.ci.filter(({ name }) => named.has(name))) {
    const { name, kind } = server;
    const options = await pipelineOptions(server, environment);
    histories.set(name, kind === 'gitlab' ? createGitlabBuildHistory(options) : createGithubBuildHistory(options));
    if (startable.has(name))
      rebuilds.set(name, kind === 'gitlab' ? createGitlabRebuilds(options) : createGithubRebuilds(options));
  }
  return { histories, rebuilds };
}

/** How one CI server is reached, its secrets read. Rejects with UsageError. */
export async function pipelineOptions(
  { name, url, token, ca }: CiConfig,
  environment: Readonly<Record<string, string | undefined>>,
) {
  const secret = token && (await readSecret(token, environment));
  if (secret?.kind === 'probe-failed') throw new UsageError(`ci ${name}: ${secret.why.message}`);
  const caPem = ca === null ? null : readPem(ca, `ci ${name}`);
  return { name, url, token: secret?.value ?? null, caPem, clock: systemClock };
}
