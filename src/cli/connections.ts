import { tryEngine } from '../../adapters/estate/docker/try-engine.ts';
import { tryCluster } from '../../adapters/estate/kubernetes/try-cluster.ts';
import { trySqliteStore } from '../../adapters/journal/sqlite/try-store.ts';
import { tryGithub } from '../../adapters/pipeline/github/try-server.ts';
import { tryGitlab } from '../../adapters/pipeline/gitlab/try-server.ts';
import { tryRegistry } from '../../adapters/registry/oci/try-registry.ts';
import { systemClock } from '../../adapters/system/clock.ts';
import type { CiConfig, Config, DockerHostConfig, RegistryConfig } from '../config/config.ts';
import { type Answer, failed, known } from '../playbook/answer.ts';
import type { Connection, ConnectionKind, Reached } from '../ports/connection.ts';
import type { Log } from '../ports/log.ts';
import { changeableEstates } from './changeable-estates.ts';
import { metricsOf } from './connect-configured.ts';
import { connectTo } from './connect-hosts.ts';
import { pipelineOptions } from './connect-pipelines.ts';
import { UsageError } from './exit-status.ts';
import { dockerConfigPath, registryOptions } from './registry-options.ts';
import { servicesOf } from './services-of.ts';
import type { SlackSecrets } from './slack-secrets.ts';
import type { TeamsSecrets } from './teams-secrets.ts';

/** Each question while a connection is tried; it may ask several. Milliseconds. */
const QUESTION_MS = 10_000;

/**
 * The hosts, clusters and registries of a configuration. Secrets are read when one is tried, so a new one is seen. `thorough`: the
 * permissions on clusters are asked for too, which takes dozens of questions.
 */
export function estateConnections(config: Config, log: Log, thorough: boolean): readonly Connection[] {
  const changeable = changeableEstates(servicesOf(config));
  return [
    ...config.hosts.map((host) => connection('host', host.name, (signal) => tryHost(host, signal))),
    ...config.clusters.map((cluster) => {
      const permissions = !thorough ? 'none' : changeable.has(cluster.name) ? 'change' : 'read';
      const trial = { ...cluster, permissions, clock: systemClock, deadlineMs: QUESTION_MS } as const;
      return connection('cluster', cluster.name, (signal) => tryCluster(trial, signal));
    }),
    ...config.registries.map((registry) =>
      connection('registry', registry.host, (signal) => tryOneRegistry(registry, log, signal)),
    ),
  ];
}

/** What else a configuration connects to. */
export function otherConnections(
  config: Config,
  chats: { readonly slack: SlackSecrets | null; readonly teams: TeamsSecrets | null },
): readonly Connection[] {
  const { slack, teams } = chats;
  const sources = metricsOf(config);
  return [
    connection('store', config.store.kind, (signal) => tryStore(config, signal)),
    ...(slack ? [connection('chat', 'slack', async (signal) => (await loadSlack()).trySlack(slack, signal))] : []),
    ...(teams
      ? [
          connection('chat', 'teams', async (signal) =>
            (await loadTeams()).tryTeams({ ...teams, clock: systemClock }, signal),
          ),
        ]
      : []),
    ...config.ci.map((server) => connection('ci', server.name, (signal) => tryCi(server, config, signal))),
    ...config.metrics.map(({ name, kind }) =>
      connection('metrics', name, async (signal) => {
        const answer = await sources.get(name)?.read(kind === 'prometheus' ? ['vector(1)'] : [], signal);
        if (answer?.kind !== 'known') return answer ?? failed('unsupported', name, 'no such source');
        return known({ detail: kind === 'prometheus' ? 'Prometheus answers queries' : 'the page is read', lacks: [] });
      }),
    ),
  ];
}

const loadSlack = () => import('../../adapters/chat/slack/try-slack.ts');
const loadTeams = () => import('../../adapters/chat/teams/try-teams.ts');

/** A mistake that shows itself only now, such as a secret's file that is not there, is an answer too. */
function connection(
  kind: ConnectionKind,
  name: string,
  attempt: (signal: AbortSignal) => Promise<Answer<Reached>>,
): Connection {
  return {
    kind,
    name,
    async try(signal) {
      try {
        return await attempt(signal);
      } catch (error) {
        if (error instanceof UsageError) return failed('invalid', name, error.message);
        throw error;
      }
    },
  };
}

async function tryHost(host: DockerHostConfig, signal: AbortSignal): Promise<Answer<Reached>> {
  const client = connectTo(host);
  return tryEngine({ name: host.name, client, clock: systemClock, deadlineMs: QUESTION_MS }, signal);
}

async function tryOneRegistry(registry: RegistryConfig, log: Log, signal: AbortSignal): Promise<Answer<Reached>> {
  const registries = await registryOptions([registry]);
  const options = { registries, dockerConfigPath: dockerConfigPath(), log, clock: systemClock };
  return tryRegistry(registry.host, options, signal);
}

async function tryStore({ store }: Config, signal: AbortSignal): Promise<Answer<Reached>> {
  if (store.kind === 'sqlite') return trySqliteStore(store.path);
  const { tryPostgresStore } = await import('../../adapters/journal/postgres/try-store.ts');
  return tryPostgresStore(store.url, signal);
}

async function tryCi(server: CiConfig, { services }: Config, signal: AbortSignal): Promise<Answer<Reached>> {
  const projects = new Set(services.flatMap(({ rebuild }) => (rebuild?.ci === server.name ? [rebuild.project] : [])));
  if (projects.size === 0) return known({ detail: 'not used: no service names it under `rebuild`', lacks: [] });
  const options = await pipelineOptions(server, process.env);
  return server.kind === 'gitlab'
    ? tryGitlab(options, [...projects], signal)
    : tryGithub(options, [...projects], signal);
}
