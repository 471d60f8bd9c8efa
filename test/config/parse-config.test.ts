import { describe, expect, it } from 'vitest';
import type { Config } from '../../src/config/config.ts';
import { formatMistake } from '../../src/config/mistake.ts';
import { parseConfig } from '../../src/config/parse-config.ts';
import { FULL_EXAMPLE } from './full-example.ts';

function accepted(text: string): Config {
  const parsed = parseConfig(text, 'execfmt.yaml');
  if (!parsed.ok) throw new Error(parsed.mistakes.map(formatMistake).join('\n'));
  return parsed.config;
}

function mistakes(text: string): string[] {
  const parsed = parseConfig(text, 'f');
  return parsed.ok ? [] : parsed.mistakes.map(formatMistake);
}

const TOO_MANY =
  'can be tried in too many ways, which can be slow; put something fixed between its repetitions, or limit them as in {0,8}';

describe('patterns of secrets', () => {
  const withPattern = (pattern: string) =>
    mistakes(`redact:\n  - name: ours\n    pattern: ${JSON.stringify(pattern)}\n`);

  it('get an end for every repetition', () => {
    const { redact } = accepted('redact: [{ name: corp key, pattern: "corp-\\\\w+?-(?:ab|c{2,})x*1{3}y?" }]');
    expect(redact).toEqual([{ name: 'corp key', pattern: 'corp-\\w{1,257}?-(?:ab|c{2,258})x{0,256}1{3,3}y{0,1}' }]);
  });

  it('take a secret to its end, however long it is', () => {
    expect(accepted('redact: [{ name: ours, pattern: "corp-[a-z]+" }]').redact[0]?.pattern).toBe('corp-[a-z]{1,}');
  });

  it.each([
    ['corp-[0-9', 'is not a regular expression of JavaScript with the flag u (Unterminated character class)'],
    ['(?=corp)corp-1234', 'uses lookaround, a flag or a back-reference, which can be slow; write it without'],
    ['(?<!x)corp-1234', 'uses lookaround, a flag or a back-reference, which can be slow; write it without'],
    ['(corp)-\\1', 'uses lookaround, a flag or a back-reference, which can be slow; write it without'],
    [
      '(?:[a-z]+)+-corp',
      'repeats a group that has a repetition or alternatives in it, which can be slow; repeat single characters or classes',
    ],
    [
      'corp(?:a|ab)*-1',
      'repeats a group that has a repetition or alternatives in it, which can be slow; repeat single characters or classes',
    ],
    [
      'corp((?:a?){20}){20}',
      'repeats a group that has a repetition or alternatives in it, which can be slow; repeat single characters or classes',
    ],
    ['.*corp.*-.*', TOO_MANY],
    [`${'a?'.repeat(30)}${'a'.repeat(30)}`, TOO_MANY],
    [`${'(?:a|a)'.repeat(30)}b`, TOO_MANY],
    [`${'(?:a)?'.repeat(30)}aaaab`, TOO_MANY],
    ['\\w+\\d+corp', null],
    ['(?:key|token|secret)-(?:live|test)-[a-z]{10,}', null],
    ['AC[0-9a-f]{32}\\b', null],
    ['[a-z]*', 'can match fewer than 4 characters and would remove too much; make it longer'],
    ['^(?:a|corp-1)$', 'can match fewer than 4 characters and would remove too much; make it longer'],
    ['x'.repeat(301), 'is longer than 300 characters; make several of it'],
  ])('are refused where they could be slow or take too much: %s', (pattern, what) => {
    expect(withPattern(pattern)).toEqual(what === null ? [] : [`f:3:14 redact[0].pattern: ${what}`]);
  });

  it('do not repeat themselves in a message, and have a name that can be shown', () => {
    expect(mistakes('redact: [{ name: "a]b", pattern: corp-1234 }]')).toEqual([
      'f:1:18 redact[0].name: must be 1 to 40 letters, digits, blanks, dots or dashes',
    ]);
    expect(mistakes('redact: [{ pattern: corp-1234, nam: x }]').join('\n')).toContain('did you mean `name`?');
  });
});

describe('a right configuration', () => {
  it('becomes plain data with every key of the example in it', () => {
    const config = accepted(FULL_EXAMPLE);
    expect(config.hosts).toEqual([
      { name: 'render-01', docker: 'ssh://ops@render-01', practice: false },
      {
        name: 'render-02',
        docker: 'tcp://10.0.0.12:2376',
        practice: false,
        tls: { ca: 'ca.pem', cert: 'cert.pem', key: 'key.pem' },
      },
    ]);
    expect(config.clusters).toEqual([
      { name: 'prod', kubeconfig: '/etc/execfmt/kubeconfig', context: 'prod', namespaces: ['docs'] },
    ]);
    expect(config.registries).toEqual([
      {
        host: 'registry.corp.io',
        credentials: { username: 'bot', password: { kind: 'env', name: 'REGISTRY_PASSWORD' } },
        ca: 'corp-ca.pem',
        plainHttp: false,
        mirrors: [],
        mirrorOf: null,
      },
      { host: '127.0.0.1:5000', credentials: null, ca: null, plainHttp: true, mirrors: [], mirrorOf: null },
    ]);
    expect(config.ci).toEqual([
      {
        name: 'corp-gitlab',
        kind: 'gitlab',
        url: 'https://gitlab.corp.io',
        token: { kind: 'env', name: 'GITLAB_TOKEN' },
        ca: 'corp-ca.pem',
      },
      {
        name: 'github',
        kind: 'github',
        url: 'https://api.github.com',
        token: { kind: 'file', path: 'secrets/github' },
        ca: null,
      },
    ]);
    expect(config.metrics.map(({ kind }) => kind)).toEqual(['prometheus', 'scrape']);
    expect(config.services).toEqual([
      {
        name: 'pdf-renderer',
        image: 'registry.corp.io/pdf-renderer',
        platforms: [{ os: 'linux', architecture: 'amd64', variant: null }],
        targets: [
          { kind: 'docker', host: 'render-01', container: 'pdf-renderer' },
          { kind: 'kubernetes', cluster: 'prod', namespace: 'docs', workload: 'deployment/pdf-renderer' },
        ],
        rebuild: { ci: 'corp-gitlab', project: 'docs/pdf-renderer', ref: 'main', job: 'build', runner: 'amd64' },
        impact: [
          { metrics: 'app', name: 'jobs waiting', series: 'pdf_queue_pending_jobs', recovers: 'falling', unit: 'jobs' },
        ],
        approvals: 'production',
      },
    ]);
    expect(config.approvals).toMatchObject([{ required: 1, allowSelf: false, expiresInMs: 1_800_000 }]);
    expect(config.chat).toEqual({
      slack: { channels: ['C0INCIDENTS'] },
      teams: { kind: 'teams' },
      web: {
        listen: { host: '0.0.0.0', port: 3000 },
        people: [
          { name: 'ada', token: { kind: 'env', name: 'ADA_TOKEN' } },
          { name: '<name>', token: { kind: 'file', path: 'secrets/page-token' } },
        ],
      },
    });
    expect(config.store).toEqual({ kind: 'sqlite', path: './data/execfmt.db' });
    expect(config.publicUrl).toBe('https://execfmt.corp.io');
    expect(config.verification).toEqual({ stableForMs: 10_000, timeoutMs: 300_000 });
    expect(config.watch).toEqual({
      metrics: { kind: 'own-address', listen: { host: '127.0.0.1', port: 9464 } },
      traces: { otlp: 'http://otel-collector:4318', headers: { kind: 'file', path: 'secrets/otlp' } },
    });
  });

  it.each([
    ['', 'this-machine'],
    ['watch:', 'this-machine'],
    ['watch: { metrics: true }', 'anybody'],
    ['watch: { metrics: false }', 'nobody'],
  ])('%j shows its numbers to %s', (text, kind) => {
    expect(accepted(text).watch).toEqual({ metrics: { kind }, traces: null });
  });

  it('survives a trip through JSON, so it holds nothing but data', () => {
    const config = accepted(FULL_EXAMPLE);
    expect(JSON.parse(JSON.stringify(config))).toEqual(config);
  });

  it.each(['', '# nothing yet\n', '---\n', 'services:\n# everything is commented out\n'])(
    '%j has nothing in it',
    (text) => {
      expect(accepted(text)).toMatchObject({
        hosts: [],
        services: [],
        chat: { slack: null, teams: null, web: null },
        store: { kind: 'sqlite', path: './data/execfmt.db' },
        publicUrl: null,
      });
    },
  );

  it('takes an empty chat or cluster for one with all defaults', () => {
    const config = accepted('chat:\n  slack:\n  web:\nclusters:\n  prod:\n');
    expect(config.chat).toEqual({
      slack: { channels: null },
      teams: null,
      web: { listen: { host: '127.0.0.1', port: 3000 }, people: [] },
    });
    expect(config.clusters).toEqual([{ name: 'prod', kubeconfig: null, context: null, namespaces: null }]);
  });

  it('reads an IPv6 address to listen on', () => {
    for (const listen of ['localhost:1', '127.8.0.1:1', '[::1]:1', '[0:0:0:0:0:0:0:1]:1'])
      expect(accepted(`chat: { web: { listen: "${listen}" } }`).chat.web?.people).toEqual([]);
    const chatsOnly = accepted('chat: { web: { listen: "0.0.0.0:3000", people: [] } }').chat.web;
    expect(chatsOnly).toEqual({ listen: { host: '0.0.0.0', port: 3000 }, people: [] });
    expect(accepted('chat: { web: { listen: "[::1]:8080" } }').chat.web?.listen).toEqual({ host: '::1', port: 8080 });
  });

  it('follows aliases', () => {
    const config = accepted('hosts:\n  a: &a { docker: "unix:///var/run/docker.sock" }\n  b: *a\n');
    expect(config.hosts.map(({ name, docker }) => [name, docker])).toEqual([
      ['a', 'unix:///var/run/docker.sock'],
      ['b', 'unix:///var/run/docker.sock'],
    ]);
  });

  it.each([1, 2])('lets %i approvals be asked for of a group, whose size is not known', (required) => {
    expect(
      accepted(`approvals: { p: { approvers: ["slack-group:S1"], required: ${required} } }`).approvals,
    ).toHaveLength(1);
  });
});

describe('a mistake is told with its line, column and key', () => {
  it.each<[string, string]>([
    ['servces: {}', 'f:1:1 servces: there is no such key; did you mean `services`?'],
    ['hosts: {}\naprovals:\n  p: 1', 'f:2:1 aprovals: there is no such key; did you mean `approvals`?'],
    [
      'services:\n  pdf:\n    aprovals: x',
      'f:3:5 services.pdf.aprovals: there is no such key; did you mean `approvals`?',
    ],
    ['hosts:\n  a: {}', 'f:2:3 hosts.a.docker: is missing; it must be a text'],
    ['hosts:\n  a: { docker: 5 }', 'f:2:16 hosts.a.docker: must be a text, not a number'],
    ['hosts:\n  - a', 'f:2:3 hosts: must be names with their entries, not a list'],
    ['a: 1\na: 2', 'f:2:1 a: this key stands here a second time'],
    [
      'hosts:\n  a: {docker: "unix:///a"}\n  a: {docker: "unix:///b"}',
      'f:3:3 hosts.a: this key stands here a second time',
    ],
    ['hosts:\n\ta: 1', 'f:2:1 a tab indents this line'],
    ['hosts: *nowhere', 'f:1:8 nothing is anchored as &nowhere'],
    ['hosts: !!js/function x', 'f:1:8 a tag (!name) is not allowed'],
    ['hosts: {}\n---\nhosts: {}', 'f:2:1 a second document begins here'],
    ['? [a]\n: b', 'f:1:3 a key must be a plain name'],
    ['- a', 'f:1:1 must be keys with values, not a list'],
    ['just words', 'f:1:1 must be keys with values, not a text'],
    ['hosts:\r\n  a:\r\n    dokcer: x', 'f:3:5 hosts.a.dokcer: there is no such key; did you mean `docker`?'],
    ['"1.5": x', 'f:1:1 "1.5": there is no such key'],
  ])('%j', (text, start) => {
    const told = mistakes(text);
    expect(
      told.some((line) => line.startsWith(start)),
      told.join('\n'),
    ).toBe(true);
  });

  it('tells all of them at once, in the order of the file', () => {
    const told = mistakes(
      'servces: {}\nhosts:\n  a: { docker: "ftp://x" }\nservices:\n  s: { approvals: nobody }\nstore: 5\n',
    );
    expect(told.map((line) => line.split(' ')[0])).toEqual(['f:1:1', 'f:3:16', 'f:5:19', 'f:6:8']);
  });
});

describe('what does not fit together', () => {
  const host = 'hosts: { render-01: { docker: "unix:///var/run/docker.sock" } }\n';
  const cluster = 'clusters: { prod: { namespaces: [docs] } }\n';

  it.each<[string, string]>([
    [
      `${host}services: { s: { targets: [{ host: render-1, container: c }] } }`,
      'there is no host `render-1` in `hosts`; did you mean `render-01`?',
    ],
    ['services: { s: { targets: [{ cluster: prod, namespace: a, workload: pod/x }] } }', '`clusters` is empty'],
    [
      `${cluster}services: { s: { targets: [{ cluster: prod, namespace: dcos, workload: pod/x }] } }`,
      '`dcos` is not among the `namespaces` of cluster `prod`',
    ],
    [`${host}services: { s: { targets: [{ host: render-01 }] } }`, 'targets[0].container: is missing'],
    [`${host}services: { s: { targets: [{ host: render-01, namespace: x }] } }`, 'is both on a host and on a cluster'],
    ['services: { s: { targets: [{}] } }', 'needs `host` and `container`, or `cluster`, `namespace` and `workload`'],
    [
      `${host}services: { s: { targets: [{ host: render-01, container: c }, { container: c, host: render-01 }] } }`,
      'targets[1]: is named twice',
    ],
    ['services: { s: { rebuild: { ci: gl, project: p } } }', 'there is no CI server `gl` in `ci`'],
    ['services: { s: { impact: [{ metrics: m, name: n, series: s }] } }', 'there is no source of metrics `m`'],
    ['services: { s: { approvals: p } }', 'there is no policy `p` in `approvals`'],
    ['services: { s: { platforms: [amd64] } }', 'services.s.platforms[0]: is not a platform'],
    ['services: { s: { platforms: [linux/amd46] } }', 'did you mean `amd64`?'],
    ['services: { s: { image: "https://registry/x" } }', 'must be an image name'],
    ['approvals: { p: { approvers: ["web:a"], required: 2 } }', 'only one person is named; it could never be reached'],
    ['approvals: { p: { approvers: ["web:a", "web:a"] } }', 'approvers[1]: is named twice'],
    ['approvals: { p: { approvers: [] } }', 'must have at least one entry'],
    ['approvals: { p: { approvers: ["slack:@bob"] } }', 'must be slack:<user id>'],
    ['approvals: { p: { approvers: ["teams-group:On call"] } }', 'teams-group:<object id>'],
    ['approvals: { p: { approvers: ["web:a"], required: 0 } }', 'must be at least 1'],
    ['approvals: { p: { approvers: ["web:a"], expiresIn: 30 } }', 'a duration needs its unit (30m)'],
    ['approvals: { p: { approvers: ["web:a"], expiresIn: 0s } }', 'must be more than 0 and at most 14d'],
    ['ci: { x: { tokenEnv: T } }', 'ci.x: needs `gitlab` or `github`'],
    ['ci: { x: { gitlab: "https://a", github: "https://b" } }', 'ci.x.github: cannot stand beside `gitlab`'],
    ['ci: { x: { gitlab: "https://a", tokenEnv: T, tokenFile: f } }', 'cannot stand beside `tokenEnv`'],
    ['metrics: { x: {} }', 'metrics.x: needs `prometheus` or `scrape`'],
    ['hosts: { a: { docker: "unix:///s", tls: {} } }', 'is for tcp:// engines only'],
    ['hosts: { a: { docker: "tcp://h:1", tls: { cert: c } } }', '`cert` and `key` belong together'],
    ['hosts: { a: { docker: "ssh://-oProxyCommand=x" } }', 'must be ssh://user@host'],
    ['registries: { "https://r.io": {} }', 'write host or host:port'],
    ['registries: { r.io: { username: u } }', 'neither `passwordEnv` nor `passwordFile`'],
    ['registries: { r.io: { passwordEnv: P } }', 'has a password but no `username`'],
    ['watch: { metrics: yes please }', 'watch.metrics: must be true, false or { listen: "address:port" }'],
    ['watch: { metrics: { listen: "9464" } }', 'must be address:port'],
    ['watch: { traces: {} }', 'watch.traces.otlp: is missing'],
    ['watch: { traces: { otlp: "https://u:p@c" } }', 'without user or password'],
    ['watch: { traces: { otlp: "http://c", headersEnv: A, headersFile: b } }', 'cannot stand beside'],
    ['verification: { stableFor: 10m }', '`stableFor` must be shorter than `timeout`'],
    ['chat: { slack: { channels: ["#incidents"] } }', 'must be the id of a channel'],
    ['chat: { web: { listen: "127.0.0.1:70000" } }', 'has a port above 65535'],
    [
      'chat: { web: { listen: "0.0.0.0:3000" } }',
      'chat.web.listen: can be reached from elsewhere, but nobody is named',
    ],
    ['chat: { web: { listen: ":3000" } }', 'listen on 127.0.0.1'],
    ['chat: { web: { listen: "127.0.0.1.evil.example:3000" } }', 'can be reached from elsewhere'],
    ['chat: { web: { people: [{ name: a }] } }', 'needs `tokenEnv` or `tokenFile`'],
    ['chat: { web: { people: [{ name: a, tokenEnv: A, tokenFile: b }] } }', 'cannot stand beside `tokenEnv`'],
    ['chat: { web: { people: [{ name: a, token: hunter2 }] } }', 'token'],
    ['chat: { web: { people: [{ name: " a", tokenEnv: A }] } }', 'without blanks around it'],
    [
      'chat: { web: { people: [{ name: a, tokenEnv: A }, { name: a, tokenEnv: B }] } }',
      'people[1].name: is named twice',
    ],
    [
      'chat: { web: { people: [{ name: a, tokenEnv: A }] } }\napprovals: { p: { approvers: ["web:b"] } }',
      '`b` is not among `chat.web.people`',
    ],
    ['hosts: { x: { docker: "unix:///s" } }\nclusters: { x: {} }', 'is the name of a host too'],
    ['services: { " a b": {} }', 'a name starts with a letter or digit'],
    ['services: { s: { targets: x } }', 'must be a list, not a text'],
  ])('%s', (text, words) => {
    const told = mistakes(text);
    expect(
      told.some((line) => line.includes(words)),
      told.join('\n'),
    ).toBe(true);
  });
});

describe('secrets', () => {
  it.each<[string, string]>([
    ['registries: { r.io: { username: u, password: hunter2 } }', 'passwordEnv or passwordFile'],
    ['ci: { x: { gitlab: "https://a", token: hunter2 } }', 'tokenEnv or tokenFile'],
    ['ci: { x: { gitlab: "https://a", tokenEnv: glpat-hunter2 } }', 'the name of an environment variable'],
    ['ci: { x: { gitlab: "https://u:hunter2@a" } }', 'without user or password'],
    ['store: "postgres://u:hunter2@h/d"', 'DATABASE_URL'],
  ])('%s is refused and not repeated', (text, words) => {
    const told = mistakes(text).join('\n');
    expect(told).toContain(words);
    expect(told).not.toContain('hunter2');
  });
});

describe('hostile files', () => {
  it('refuses aliases that multiply', () => {
    const levels = [...'bcdefgh'].map((name, index) => {
      const before = 'abcdefg'[index];
      return `${name}: &${name} [${Array(10).fill(`*${before}`).join(', ')}]`;
    });
    expect(mistakes(`a: &a [x, x]\n${levels.join('\n')}`)).toEqual([expect.stringContaining('multiply without end')]);
  });

  it('refuses depth, size and circles with words', () => {
    expect(mistakes('['.repeat(20_000))[0]).toContain('nested too deeply');
    expect(mistakes(' '.repeat(1_000_001))[0]).toContain('larger than');
    expect(mistakes('hosts: &h\n  a: *h')[0]).toContain('hosts.a');
  });

  it('does not let a name reach into the prototype', () => {
    expect(mistakes('services: { __proto__: { image: x } }')[0]).toContain('a name starts with a letter or digit');
    expect(mistakes('services: { s: { approvals: constructor } }')[0]).toContain('there is no policy');
  });
});
