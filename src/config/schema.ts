import * as z from 'zod';
import { parsePlatform } from '../image/platform.ts';
import { DURATION_PATTERN, parseDuration } from './duration.ts';
import { patternMistake } from './secret-pattern.ts';
import { nearest } from './suggest.ts';

const ARCHITECTURES =
  '386 amd64 arm arm64 loong64 mips mipsle mips64 mips64le ppc64 ppc64le riscv64 s390x sparc64 wasm'.split(' ');
const SYSTEMS = 'linux windows darwin freebsd netbsd openbsd solaris illumos aix android wasip1'.split(' ');

/** Says what is wrong with `os/arch[/variant]`; null when it is well formed and both names exist. */
function platformMistake(text: string): string | null {
  const platform = parsePlatform(text);
  if (!platform || !/^[\w./-]+$/.test(text)) return 'is not a platform; write os/architecture, such as linux/amd64';
  if (!SYSTEMS.includes(platform.os)) return unknownName('operating system', platform.os, SYSTEMS);
  if (!ARCHITECTURES.includes(platform.architecture)) {
    return unknownName('architecture', platform.architecture, ARCHITECTURES);
  }
  return null;
}

function unknownName(what: string, name: string, candidates: readonly string[]): string {
  const [guess] = nearest(name, candidates, 1);
  return `${name} is no ${what} that is known${guess ? `; did you mean \`${guess}\`?` : ''}`;
}

const text = z.string().regex(/\S/, 'must not be empty');
const path = text.describe('A path, relative to this file.');
const duration = z
  .string()
  .regex(DURATION_PATTERN, 'must be a duration such as 10s, 30m or 1h')
  .refine(
    (value) => !DURATION_PATTERN.test(value) || parseDuration(value) !== null,
    'must be more than 0 and at most 14d',
  )
  .describe('A duration such as 10s, 30m or 1h; at most 14d.');
const httpUrl = z
  .string()
  .regex(/^https?:\/\/[^\s/@?#]+(?:[/?][^\s#]*)?$/, 'must be an http:// or https:// address, without user or password');
/** What fails here may be a secret pasted in the wrong place, so the words never repeat it. */
const envName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of an environment variable (such as CI_TOKEN), not the secret');

const dockerUrl = z
  .string()
  .regex(
    /^(?:unix:\/\/\/\S+|npipe:\/\/\/\/\S+|tcp:\/\/[^\s/@?#]+\/?|ssh:\/\/(?:[^\s/@:?#-][^\s/@:?#]*@)?[^\s/@?#-][^\s/@?#]*(?:\/\S*)?)$/,
    'must be ssh://user@host, unix:///path/to/docker.sock or tcp://host:port',
  )
  .describe('The Docker engine: ssh://user@host, unix:///path/to/docker.sock or tcp://host:port.');

const host = z.strictObject({
  docker: dockerUrl,
  tls: z
    .strictObject({ ca: path.optional(), cert: path.optional(), key: path.optional() })
    .describe('For tcp:// engines that ask for certificates.')
    .optional(),
});

const cluster = z.strictObject({
  kubeconfig: path.optional(),
  context: text.optional(),
  namespaces: z.array(text).min(1).optional(),
});

const registry = z.strictObject({
  username: text.optional(),
  passwordEnv: envName.optional(),
  passwordFile: path.optional(),
  ca: path.optional(),
  plainHttp: z.boolean().optional(),
  mirrors: z
    .array(z.string().regex(/^[^\s/:@]+(?::\d{1,5})?(?:\/\S+)?$/, 'must be host[:port][/prefix]'))
    .min(1)
    .describe('Asked first, in this order: host[:port][/prefix].')
    .optional(),
  mirrorOf: text.describe('The registry that this one is a mirror or cache of, such as docker.io.').optional(),
});

const ci = z
  .strictObject({
    gitlab: httpUrl.optional(),
    github: httpUrl.optional(),
    tokenEnv: envName.optional(),
    tokenFile: path.optional(),
    ca: path.optional(),
  })
  .meta({ oneOf: [{ required: ['gitlab'] }, { required: ['github'] }] });

const metrics = z
  .strictObject({ prometheus: httpUrl.optional(), scrape: httpUrl.optional() })
  .meta({ oneOf: [{ required: ['prometheus'] }, { required: ['scrape'] }] });

const target = z
  .strictObject({
    host: text.optional(),
    container: text.optional(),
    cluster: text.optional(),
    namespace: text.optional(),
    workload: z
      .string()
      .regex(
        /^(?:deployment|statefulset|daemonset|replicaset|job|cronjob|pod|rollout)\/[a-z0-9][a-z0-9.-]*$/,
        'must be kind/name, such as deployment/pdf-renderer',
      )
      .optional(),
  })
  .meta({ oneOf: [{ required: ['host', 'container'] }, { required: ['cluster', 'namespace', 'workload'] }] });

const service = z.strictObject({
  image: z
    .string()
    .regex(/^(?!\w+:\/\/)[A-Za-z0-9[][^\s]*$/, 'must be an image name such as registry.corp.io/pdf-renderer')
    .optional(),
  platforms: z
    .array(
      z.string().superRefine((value, context) => {
        const message = platformMistake(value);
        if (message) context.addIssue({ code: 'custom', message });
      }),
    )
    .min(1)
    .optional(),
  targets: z.array(target).min(1).optional(),
  rebuild: z
    .strictObject({
      ci: text,
      project: text,
      ref: text.optional(),
      job: text.optional(),
      runner: text.optional(),
    })
    .optional(),
  impact: z
    .array(
      z.strictObject({
        metrics: text,
        name: text,
        series: text,
        recovers: z.enum(['falling', 'rising']).optional(),
        unit: text.optional(),
      }),
    )
    .optional(),
  approvals: text.describe('A policy of `approvals`; without it the bot only diagnoses.').optional(),
});

const approver = z
  .string()
  .regex(
    /^(?:slack:[UW][A-Z0-9]+|slack-group:S[A-Z0-9]+|teams:\S.*|teams-group:[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|web:\S.*)$/,
    'must be slack:<user id>, slack-group:<group id>, teams:<object id>, teams-group:<object id> or web:<name>',
  );

const policy = z.strictObject({
  approvers: z.array(approver).min(1),
  required: z.int().min(1).optional(),
  allowSelf: z.boolean().optional(),
  expiresIn: duration.optional(),
});

const webPerson = z
  .strictObject({
    name: z
      .string()
      .regex(
        /^[^\s\p{Cc}](?:[^\p{Cc}]{0,62}[^\s\p{Cc}])?$/u,
        'must be a name of at most 64 characters, without blanks around it',
      ),
    tokenEnv: envName.optional(),
    tokenFile: path.optional(),
  })
  .meta({ oneOf: [{ required: ['tokenEnv'] }, { required: ['tokenFile'] }] });

const listenAddress = z
  .string()
  .regex(/^(?:\[[0-9A-Fa-f:.]+\]|[^\s:/]*):\d{1,5}$/, 'must be address:port, such as 127.0.0.1:3000')
  .refine((value) => Number(/\d+$/.exec(value)?.[0] ?? 0) <= 65_535, 'has a port above 65535');

const chat = z.strictObject({
  slack: z
    .strictObject({
      channels: z
        .array(z.string().regex(/^[CGD][A-Z0-9]+$/, 'must be the id of a channel such as C0INCIDENTS, not its name'))
        .min(1)
        .describe('Absent: every channel the bot is invited to.')
        .optional(),
    })
    .optional(),
  teams: z.strictObject({}).optional(),
  web: z
    .strictObject({
      listen: listenAddress.optional(),
      people: z
        .array(webPerson)
        .describe(
          'Who may sign in to the page. Absent: it is served on loopback only, without sign-in. []: the same, on any address for the chats.',
        )
        .optional(),
    })
    .optional(),
});

const secretPattern = z.strictObject({
  name: z
    .string()
    .regex(
      /^[\p{L}\p{N}](?:[\p{L}\p{N} ._-]{0,38}[\p{L}\p{N}])?$/u,
      'must be 1 to 40 letters, digits, blanks, dots or dashes',
    )
    .describe('Shown in place of the secret: [removed: <name>].'),
  pattern: z
    .string()
    .superRefine((value, context) => {
      const message = patternMistake(value);
      if (message) context.addIssue({ code: 'custom', message });
    })
    .describe('A regular expression without lookaround, back-references and nested repetitions.'),
});

const watch = z.strictObject({
  metrics: z
    .union([z.boolean(), z.strictObject({ listen: listenAddress })], {
      error: 'must be true, false or { listen: "address:port" }',
    })
    .describe(
      'Where Prometheus reads /metrics. Absent: at the address of the page, from this machine only; true: from anywhere; { listen }: at an address of its own; false: nowhere.',
    )
    .optional(),
  traces: z
    .strictObject({
      otlp: httpUrl.describe('The OpenTelemetry collector (OTLP over HTTP), such as http://otel-collector:4318.'),
      headersEnv: envName.describe('The variable with more headers, as name=value,name=value.').optional(),
      headersFile: path.describe('The file with more headers, as name=value,name=value.').optional(),
    })
    .describe('Where traces are sent; absent: nowhere.')
    .optional(),
});

/** The configuration file as it is written; the one definition of its keys. What keys mean together is in check-references. */
export const configSchema = z
  .strictObject({
    hosts: z.record(z.string(), host).describe('Docker engines, by name.').optional(),
    clusters: z.record(z.string(), cluster).describe('Kubernetes clusters, by name.').optional(),
    registries: z.record(z.string(), registry).describe('Registries, by host[:port].').optional(),
    ci: z.record(z.string(), ci).describe('CI servers, by name.').optional(),
    metrics: z.record(z.string(), metrics).describe('Sources of numbers, by name.').optional(),
    services: z.record(z.string(), service).describe('What responders ask for, by name.').optional(),
    approvals: z.record(z.string(), policy).describe('Who may approve, by policy.').optional(),
    chat: chat.optional(),
    store: z
      .string()
      .regex(
        /^(?:sqlite:\S.*|postgres(?:ql)?:\/\/(?:[^\s:/@]*@)?[^\s@]+)$/,
        'must be sqlite:<path>, or postgres://… without a password (that goes into DATABASE_URL)',
      )
      .describe('sqlite:<path> or postgres://…; DATABASE_URL overrides it.')
      .optional(),
    publicUrl: httpUrl.describe('Where the page is reached, for permalinks.').optional(),
    redact: z
      .array(secretPattern)
      .max(50, 'has more than 50 entries')
      .describe('What your own secrets look like; removed from every text that goes out.')
      .optional(),
    watch: watch.describe('Numbers and traces about execfmt itself.').optional(),
    verification: z.strictObject({ stableFor: duration.optional(), timeout: duration.optional() }).optional(),
  })
  .describe('The configuration of execfmt.');

/** The file's content once its shape is known to be right. */
export type ConfigDocument = z.infer<typeof configSchema>;
