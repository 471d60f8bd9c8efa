import { z } from 'zod';
import { parsePlatform } from '../image/platform.ts';
import { parseDuration } from './duration.ts';

/** The configuration as it is written; `execfmt config schema` prints it. The one definition of its keys. */

const name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/, 'a name is letters, digits, dots, dashes and underscores');
const path = z.string().min(1);
const variable = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'the name of an environment variable');
const duration = z
  .string()
  .refine((text) => parseDuration(text) !== null, 'a duration is a number and a unit: 30m, 10s, 1h');
const httpUrl = z.url({ protocol: /^https?$/, error: 'an address that begins with http:// or https://' });
const platform = z
  .string()
  .refine((text) => parsePlatform(text) !== null, 'a platform is os/architecture: linux/amd64');

const host = z
  .strictObject({
    docker: z
      .string()
      .regex(/^(unix|tcp|ssh):\/\/.+/, 'use unix:///var/run/docker.sock, tcp://host:2376 or ssh://user@host'),
    tls: z.strictObject({ ca: path, cert: path, key: path }).optional(),
  })
  .refine(({ docker, tls }) => !tls || docker.startsWith('tcp://'), { path: ['tls'], error: 'tls is for tcp:// only' });

const cluster = z.strictObject({
  kubeconfig: path.optional(),
  context: z.string().min(1).optional(),
  namespaces: z.array(z.string().min(1)).optional(),
});

const registry = z
  .strictObject({
    username: z.string().min(1).optional(),
    passwordEnv: variable.optional(),
    passwordFile: path.optional(),
    ca: path.optional(),
    plainHttp: z.boolean().optional(),
  })
  .refine(({ passwordEnv, passwordFile }) => !(passwordEnv && passwordFile), {
    error: 'one of passwordEnv and passwordFile, not both',
  });

const token = { tokenEnv: variable.optional(), tokenFile: path.optional() };
const ci = z.union([z.strictObject({ gitlab: httpUrl, ...token }), z.strictObject({ github: httpUrl, ...token })], {
  error: 'one of gitlab and github, with tokenEnv or tokenFile',
});
const metrics = z.union([z.strictObject({ prometheus: httpUrl }), z.strictObject({ scrape: httpUrl })], {
  error: 'one of prometheus and scrape, with an address',
});

const target = z.union(
  [
    z.strictObject({ host: name, container: z.string().min(1) }),
    z.strictObject({ cluster: name, namespace: z.string().min(1), workload: z.string().min(1) }),
  ],
  { error: 'either host and container, or cluster, namespace and workload' },
);

const service = z.strictObject({
  image: z.string().min(1).optional(),
  platforms: z.array(platform).optional(),
  targets: z.array(target).min(1),
  rebuild: z
    .strictObject({
      ci: name,
      project: z.string().min(1),
      ref: z.string().min(1),
      job: z.string().min(1).optional(),
      runner: z.string().min(1).optional(),
    })
    .optional(),
  impact: z
    .array(
      z.strictObject({
        metrics: name,
        name: z.string().min(1),
        series: z.string().min(1),
        recovers: z.enum(['falling', 'rising']).optional(),
        unit: z.string().min(1).optional(),
      }),
    )
    .optional(),
  approvals: name.optional(),
});

const approver = z
  .string()
  .regex(/^(slack|slack-group|teams|teams-group|web):.+$/, 'an approver is slack:…, slack-group:…, teams:… or web:…');
const policy = z.strictObject({
  approvers: z.array(approver).min(1),
  required: z.int().min(1).default(1),
  allowSelf: z.boolean().default(false),
  expiresIn: duration.default('30m'),
});

const listen = z
  .string()
  .regex(/^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+):\d{1,5}$/, 'an address and a port: 127.0.0.1:3000');

export const configSchema = z.strictObject({
  hosts: z.record(name, host).default({}),
  clusters: z.record(name, cluster).default({}),
  registries: z.record(z.string().min(1), registry).default({}),
  ci: z.record(name, ci).default({}),
  metrics: z.record(name, metrics).default({}),
  services: z.record(name, service).default({}),
  approvals: z.record(name, policy).default({}),
  chat: z
    .strictObject({
      slack: z
        .strictObject({
          channels: z.array(z.string().regex(/^[CGD][A-Z0-9]+$/, 'the id of a channel: C0INCIDENTS')).optional(),
        })
        .optional(),
      teams: z.strictObject({}).optional(),
      web: z.strictObject({ listen: listen.optional() }).optional(),
    })
    .default({}),
  store: z
    .string()
    .regex(/^(sqlite:.+|postgres(ql)?:\/\/.+)$/, 'sqlite:./data/execfmt.db or postgres://…')
    .default('sqlite:./data/execfmt.db'),
  publicUrl: httpUrl.optional(),
  verification: z.strictObject({ stableFor: duration.optional(), timeout: duration.optional() }).optional(),
});

/** A valid configuration, as it was written and with its defaults. */
export type WrittenConfig = z.infer<typeof configSchema>;

/** The JSON Schema of the configuration. */
export function configJsonSchema(): Record<string, unknown> {
  return { title: 'execfmt configuration', ...z.toJSONSchema(configSchema, { io: 'input' }) };
}
