import * as z from 'zod';
import { dockerUrl, duration, envName, httpUrl, key, listenAddress, path, platform, text } from './scalars.ts';
import { patternMistake } from './secret-pattern.ts';
import { watch } from './watch-schema.ts';

const tls = z.strictObject({
  ca: key(
    path,
    'Who signed the engine’s certificate, in PEM. Absent: the authorities that Node trusts.',
    'ca.pem',
  ).optional(),
  cert: key(path, 'The client’s certificate, in PEM; needs `key`.', 'cert.pem').optional(),
  key: key(path, 'The key of `cert`, in PEM.', 'key.pem').optional(),
});

const host = z.strictObject({
  docker: key(
    dockerUrl,
    'The Docker engine: ssh://user@host, unix:///path/to/docker.sock or tcp://host:port. ssh uses your ssh configuration.',
    'ssh://ops@render-01',
  ),
  tls: key(tls, 'For tcp:// engines that ask for certificates.', {
    ca: 'ca.pem',
    cert: 'cert.pem',
    key: 'key.pem',
  }).optional(),
});

const cluster = z.strictObject({
  kubeconfig: key(path, 'Absent: the usual one, else the pod’s service account.', '/etc/execfmt/kubeconfig').optional(),
  context: key(text, 'A context of the kubeconfig. Absent: its current one.', 'prod').optional(),
  namespaces: key(z.array(text).min(1), 'Only these are looked through. Absent: all that may be read.', [
    'docs',
  ]).optional(),
});

const registry = z.strictObject({
  username: key(
    text,
    'Who logs in; needs a password. Absent: what `docker login` left, else nobody.',
    'bot',
  ).optional(),
  passwordEnv: key(envName, 'The environment variable that holds the password.', 'REGISTRY_PASSWORD').optional(),
  passwordFile: key(
    path,
    'The file that holds the password; in place of passwordEnv.',
    '/run/secrets/registry',
  ).optional(),
  ca: key(path, 'Who signed the registry’s certificate, in PEM.', 'corp-ca.pem').optional(),
  plainHttp: key(z.boolean(), 'Spoken to without TLS. Absent: false.', true).optional(),
  mirrors: key(
    z.array(z.string().regex(/^[^\s/:@]+(?::\d{1,5})?(?:\/\S+)?$/, 'must be host[:port][/prefix]')).min(1),
    'Asked first, in this order: host[:port][/prefix].',
    ['mirror.corp.io/hub'],
  ).optional(),
  mirrorOf: key(text, 'The registry that this one is a mirror or cache of.', 'docker.io').optional(),
});

const ci = z
  .strictObject({
    gitlab: key(httpUrl, 'A GitLab server.', 'https://gitlab.corp.io').optional(),
    github: key(
      httpUrl,
      'The API of GitHub, or of GitHub Enterprise under /api/v3; in place of gitlab.',
      'https://api.github.com',
    ).optional(),
    tokenEnv: key(envName, 'The environment variable that holds the token.', 'GITLAB_TOKEN').optional(),
    tokenFile: key(path, 'The file that holds the token; in place of tokenEnv.', '/run/secrets/gitlab').optional(),
    ca: key(path, 'Who signed the server’s certificate, in PEM.', 'corp-ca.pem').optional(),
  })
  .meta({ oneOf: [{ required: ['gitlab'] }, { required: ['github'] }] });

const metrics = z
  .strictObject({
    prometheus: key(httpUrl, 'A Prometheus server; `series` is then a query.', 'http://prometheus:9090').optional(),
    scrape: key(httpUrl, 'One page of metrics; in place of prometheus.', 'http://render-01:9090/metrics').optional(),
  })
  .meta({ oneOf: [{ required: ['prometheus'] }, { required: ['scrape'] }] });

const target = z
  .strictObject({
    host: key(text, 'One of `hosts`.', 'render-01').optional(),
    container: key(text, 'The container’s name on that host.', 'pdf-renderer').optional(),
    cluster: key(text, 'One of `clusters`; in place of host.', 'prod').optional(),
    namespace: key(text, 'The namespace of the workload.', 'docs').optional(),
    workload: key(
      z
        .string()
        .regex(
          /^(?:deployment|statefulset|daemonset|replicaset|job|cronjob|pod|rollout)\/[a-z0-9][a-z0-9.-]*$/,
          'must be kind/name, such as deployment/pdf-renderer',
        ),
      'kind/name, the kind in lower case and whole.',
      'deployment/pdf-renderer',
    ).optional(),
    approvals: key(text, 'One of `approvals`, for this place alone. Absent: the service’s.', 'staging').optional(),
  })
  .meta({ oneOf: [{ required: ['host', 'container'] }, { required: ['cluster', 'namespace', 'workload'] }] });

const rebuild = z.strictObject({
  ci: key(text, 'One of `ci`.', 'corp-gitlab'),
  project: key(text, 'group/project of GitLab, owner/repository of GitHub.', 'docs/pdf-renderer'),
  ref: key(text, 'The branch or tag to build. Absent: the default branch.', 'main').optional(),
  job: key(
    text,
    'GitLab: a job’s name. GitHub: build.yml, build.yml/job, or a name. Absent: what shows a build.',
    'build',
  ).optional(),
  runner: key(text, 'The tag or label of the runner to build on. Absent: what the pipeline says.', 'amd64').optional(),
});

const impact = z.strictObject({
  metrics: key(text, 'One of `metrics`.', 'app'),
  name: key(text, 'What the number is called in the thread.', 'jobs waiting'),
  series: key(text, 'The name of the series, or a query of Prometheus.', 'pdf_queue_pending_jobs'),
  recovers: key(
    z.enum(['falling', 'rising']),
    'Which way is better. Absent: it is shown, not judged.',
    'falling',
  ).optional(),
  unit: key(text, 'Shown behind the number.', 'jobs').optional(),
});

const service = z.strictObject({
  image: key(
    z.string().regex(/^(?!\w+:\/\/)[A-Za-z0-9[][^\s]*$/, 'must be an image name such as registry.corp.io/pdf-renderer'),
    'The repository that it should run from: one that differs is compared with it, and where its container is gone its image is looked at.',
    'registry.corp.io/pdf-renderer',
  ).optional(),
  platforms: key(
    z.array(platform).min(1),
    'What it is meant for: os/architecture[/variant]. `check` in a chat fails where its image lacks one; a diagnosis names those that the tag lacks.',
    ['linux/amd64'],
  ).optional(),
  targets: key(z.array(target).min(1), 'Where it runs. Absent: looked for by the service’s name, everywhere.', [
    { host: 'render-01', container: 'pdf-renderer' },
  ]).optional(),
  rebuild: key(rebuild, 'The pipeline that builds its image.', {
    ci: 'corp-gitlab',
    project: 'docs/pdf-renderer',
  }).optional(),
  impact: key(z.array(impact), 'Numbers that say how much an incident hurts.', [
    { metrics: 'app', name: 'jobs waiting', series: 'pdf_queue_pending_jobs', recovers: 'falling' },
  ]).optional(),
  approvals: key(text, 'One of `approvals`; without it the bot only diagnoses.', 'production').optional(),
});

const approver = z
  .string()
  .regex(
    /^(?:slack:[UW][A-Z0-9]+|slack-group:S[A-Z0-9]+|teams:\S.*|teams-group:[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|web:\S.*)$/,
    'must be slack:<user id>, slack-group:<group id>, teams:<object id>, teams-group:<object id> or web:<name>',
  );

const policy = z.strictObject({
  approvers: key(z.array(approver).min(1), 'slack:<user id>, slack-group:<group id>, teams:<object id>, web:<name>.', [
    'slack:U012AB3CD',
    'slack-group:S0614TZR7',
  ]),
  required: key(z.int().min(1), 'How many different people have to approve. Absent: 1.', 2).optional(),
  allowSelf: key(z.boolean(), 'Whether the one who asked for the action counts. Absent: false.', false).optional(),
  expiresIn: key(duration, 'After this the card closes. Absent: 30m. At most 14d.', '30m').optional(),
});

const webPerson = z
  .strictObject({
    name: key(
      z
        .string()
        .regex(
          /^[^\s\p{Cc}](?:[^\p{Cc}]{0,62}[^\s\p{Cc}])?$/u,
          'must be a name of at most 64 characters, without blanks around it',
        ),
      'Their identity is web:<name>.',
      'ada',
    ),
    tokenEnv: key(
      envName,
      'The environment variable that holds their token, of at least 20 characters.',
      'ADA_TOKEN',
    ).optional(),
    tokenFile: key(path, 'The file that holds their token; in place of tokenEnv.', '/run/secrets/ada').optional(),
  })
  .meta({ oneOf: [{ required: ['tokenEnv'] }, { required: ['tokenFile'] }] });

const slack = z.strictObject({
  channels: key(
    z
      .array(z.string().regex(/^[CGD][A-Z0-9]+$/, 'must be the id of a channel such as C0INCIDENTS, not its name'))
      .min(1),
    'The ids of the channels that are served. Absent: every channel the bot is invited to.',
    ['C0INCIDENTS'],
  ).optional(),
});

const web = z.strictObject({
  listen: key(
    listenAddress,
    'Where the page, and the deliveries of Slack and Teams, are taken. Absent: 127.0.0.1:3000.',
    '127.0.0.1:3000',
  ).optional(),
  people: key(
    z.array(webPerson),
    'Who may sign in to the page. Absent: it is served on loopback only, without sign-in. []: the same, on any address for the chats.',
    [{ name: 'ada', tokenEnv: 'ADA_TOKEN' }],
  ).optional(),
});

const chat = z.strictObject({
  slack: key(slack, 'Slack; its secrets are in the environment.', { channels: ['C0INCIDENTS'] }).optional(),
  teams: key(z.strictObject({}), 'Microsoft Teams; its secrets are in the environment.', {}).optional(),
  web: key(web, 'The page.', { listen: '127.0.0.1:3000' }).optional(),
});

const secretPattern = z.strictObject({
  name: key(
    z
      .string()
      .regex(
        /^[\p{L}\p{N}](?:[\p{L}\p{N} ._-]{0,38}[\p{L}\p{N}])?$/u,
        'must be 1 to 40 letters, digits, blanks, dots or dashes',
      ),
    'Shown in place of the secret: [removed: <name>].',
    'corp key',
  ),
  pattern: key(
    z.string().superRefine((value, context) => {
      const message = patternMistake(value);
      if (message) context.addIssue({ code: 'custom', message });
    }),
    'A regular expression without lookaround, back-references and nested repetitions.',
    'corp-[a-z]+-[0-9a-f]{32}',
  ),
});

const verification = z.strictObject({
  stableFor: key(duration, 'How long a new container has to run before it counts. Absent: 10s.', '10s').optional(),
  timeout: key(duration, 'After this an action that does not come up is undone. Absent: 5m.', '5m').optional(),
});

const store = z
  .string()
  .regex(
    /^(?:sqlite:\S.*|postgres(?:ql)?:\/\/(?:[^\s:/@]*@)?[^\s@]+)$/,
    'must be sqlite:<path>, or postgres://… without a password (that goes into DATABASE_URL)',
  );

/** The configuration file as it is written; the one definition of its keys. What keys mean together is in check-references. */
export const configSchema = z
  .strictObject({
    hosts: key(z.record(z.string(), host), 'Docker engines, by name.', {
      'render-01': { docker: 'ssh://ops@render-01' },
    }).optional(),
    clusters: key(z.record(z.string(), cluster), 'Kubernetes clusters, by name.', {
      prod: { kubeconfig: '/etc/execfmt/kubeconfig', context: 'prod' },
    }).optional(),
    registries: key(z.record(z.string(), registry), 'Registries, by host[:port].', {
      'registry.corp.io': { username: 'bot', passwordEnv: 'REGISTRY_PASSWORD' },
    }).optional(),
    ci: key(z.record(z.string(), ci), 'CI servers, by name.', {
      'corp-gitlab': { gitlab: 'https://gitlab.corp.io', tokenEnv: 'GITLAB_TOKEN' },
    }).optional(),
    metrics: key(z.record(z.string(), metrics), 'Sources of numbers, by name.', {
      app: { scrape: 'http://render-01:9090/metrics' },
    }).optional(),
    services: key(z.record(z.string(), service), 'What responders ask for, by name.', {
      'pdf-renderer': { image: 'registry.corp.io/pdf-renderer' },
    }).optional(),
    approvals: key(z.record(z.string(), policy), 'Who may approve, by policy.', {
      production: { approvers: ['slack:U012AB3CD'], required: 1 },
    }).optional(),
    chat: key(chat, 'Where people ask and answers are told.', {
      slack: {},
      web: { listen: '127.0.0.1:3000' },
    }).optional(),
    store: key(
      store,
      'sqlite:<path> or postgres://…; DATABASE_URL overrides it. Absent: sqlite:./data/execfmt.db.',
      'sqlite:/data/execfmt.db',
    ).optional(),
    publicUrl: key(httpUrl, 'Where the page is reached, for permalinks.', 'https://execfmt.corp.io').optional(),
    redact: key(
      z.array(secretPattern).max(50, 'has more than 50 entries'),
      'What your own secrets look like; removed from every text that goes out.',
      [{ name: 'corp key', pattern: 'corp-[a-z]+-[0-9a-f]{32}' }],
    ).optional(),
    watch: key(watch, 'Numbers and traces about execfmt itself.', { metrics: true }).optional(),
    verification: key(verification, 'When an action counts as succeeded.', {
      stableFor: '10s',
      timeout: '5m',
    }).optional(),
  })
  .describe('The configuration of execfmt.');

/** The file's content once its shape is known to be right. */
export type ConfigDocument = z.infer<typeof configSchema>;
