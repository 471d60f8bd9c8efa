import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redact } from '../../src/view/redact.ts';

/** Made of parts, so that no scanner takes these samples for real ones. */
const letters = (length: number) => 'aB3dE6gH9jK2mN5pQ8sT1vW4yZ7'.repeat(12).slice(0, length);
const hex = (length: number) => '0123456789abcdef'.repeat(12).slice(3, length + 3);
const upper = (length: number) => 'QWERTY2345ASDFGH67ZXCVBN'.repeat(4).slice(0, length);
const jwt = `eyJ${letters(30)}.eyJ${letters(60)}.${letters(43)}`;
const base64Lines = `${letters(64)}\n${letters(64)}\n${letters(20)}==`;
const pem = (label: string) => `-----BEGIN ${label}-----\n${base64Lines}\n-----END ${label}-----`;

/** A text, the part of it that must go, and what must stay of the rest. */
const SAMPLES: [string, string, string, string][] = [
  ['AWS access key', `using AKIA${upper(16)} now`, `AKIA${upper(16)}`, 'using [removed: AWS key] now'],
  ['AWS temporary key', `id=ASIA${upper(16)}`, `ASIA${upper(16)}`, 'id='],
  ['AWS secret key', `aws_secret_access_key = /${letters(30)}/x`, letters(30), 'aws_secret_access_key = ['],
  ['Google API key', `key AIza${letters(35)}.`, `AIza${letters(35)}`, 'key [removed: Google key].'],
  ['Google OAuth token', `ya29.${letters(60)}`, letters(60), '[removed: Google token]'],
  ['Azure account key', `AccountName=x;AccountKey=${letters(86)}==;EndpointSuffix=y`, letters(86), ';EndpointSuffix=y'],
  ['Azure SAS', `https://x.blob.core.windows.net/c?sv=2024&sig=${letters(40)}%3D&se=1`, letters(40), '?sv=2024&sig=['],
  ['Azure client secret', `secret abc8Q~${letters(34)}`, letters(34), 'secret ['],
  ['GitHub token', `git clone with ghp_${letters(36)}`, `ghp_${letters(36)}`, 'git clone with ['],
  ['GitHub installation token', `ghs_${letters(36)} expired`, letters(36), '[removed: GitHub token] expired'],
  ['GitHub fine-grained token', `github_pat_${letters(22)}_${letters(59)}`, letters(59), '[removed: GitHub token]'],
  ['GitLab token', `glpat-${letters(20)}`, letters(20), '[removed: GitLab token]'],
  ['GitLab job token', `CI: glcbt-64_${letters(20)}`, letters(20), 'CI: ['],
  ['Slack bot token', `xoxb-123456789012-123456789012-${letters(24)}`, letters(24), '[removed: Slack token]'],
  ['Slack app token', `xapp-1-A0123456789-1234567890123-${hex(64)}`, hex(64), '[removed: Slack token]'],
  [
    'Slack webhook',
    `POST https://hooks.slack.com/services/T0AAAAAAA/B0BBBBBBB/${letters(24)}`,
    letters(24),
    'POST https://hooks',
  ],
  ['npm token', `//registry.npmjs.org/:_authToken=npm_${letters(36)}`, letters(36), '//registry.npmjs.org/'],
  ['Docker token', `dckr_pat_${letters(27)}`, letters(27), '[removed: Docker token]'],
  ['PyPI token', `pypi-${letters(120)}`, letters(120), '[removed: PyPI token]'],
  ['Stripe key', `sk_${'live'}_${letters(24)}`, letters(24), '[removed: Stripe key]'],
  ['OpenAI-like key', `401 for sk-proj-${letters(48)}`, letters(48), '401 for ['],
  ['Anthropic-like key', `sk-ant-api03-${letters(90)}`, letters(90), '[removed: API key]'],
  ['Telegram token', `https://api.telegram.org/bot1234567890:AA${letters(33)}/getMe`, letters(33), '/getMe'],
  ['SendGrid key', `SG.${letters(22)}.${letters(43)}`, letters(43), '[removed: SendGrid key]'],
  ['Vault token', `hvs.${letters(90)}`, letters(90), '[removed: Vault token]'],
  ['Hugging Face token', `hf_${letters(34)}`, letters(34), '[removed: Hugging Face token]'],
  ['Grafana token', `glsa_${letters(32)}_${hex(8)}`, letters(32), '[removed: Grafana token]'],
  ['JWT', `token in ${jwt} refused`, jwt, 'token in [removed: JWT] refused'],
  ['private key', `cat: ${pem('RSA PRIVATE KEY')} end`, base64Lines, 'cat: [removed: private key] end'],
  ['private key in JSON', JSON.stringify({ k: pem('PRIVATE KEY'), z: 1 }), letters(64), ',"z":1}'],
  ['OpenSSH key', pem('OPENSSH PRIVATE KEY'), base64Lines, '[removed: private key]'],
  ['PGP key', pem('PGP PRIVATE KEY BLOCK'), base64Lines, '[removed: private key]'],
  [
    'private key whose end is cut off',
    `-----BEGIN EC PRIVATE KEY-----\n${letters(64)}\n${letters(9)}`,
    letters(9),
    '[',
  ],
  [
    'private key whose beginning is cut off',
    `a b\n${base64Lines}\n-----END EC PRIVATE KEY-----\nc`,
    letters(64),
    'a b\n',
  ],
  ['two private keys', `${pem('PRIVATE KEY')} and ${pem('PRIVATE KEY')}`, letters(64), ' and '],
  [
    'password in a URL',
    'postgres://app:hunter2@db:5432/x?sslmode=off',
    'hunter2',
    'postgres://app:[removed: password]@db:5432/x',
  ],
  ['password without a user', 'redis://:hunter2@cache:6379/0', 'hunter2', '@cache:6379/0'],
  ['password with @ in a URL', 'amqp://u:hun@ter2@mq/', 'ter2', '@mq/'],
  ['password in a MySQL DSN', 'app:hunter2@tcp(db:3306)/x', 'hunter2', 'app:[removed: password]@tcp(db:3306)/x'],
  ['basic authorization', 'Authorization: Basic dXNlcjpodW50ZXIy', 'dXNlcjpodW50ZXIy', 'Authorization: Basic ['],
  ['bearer authorization', `curl -H "Authorization: Bearer ${letters(30)}" https://x`, letters(30), '" https://x'],
  ['bearer in JSON', `{"authorization":"Bearer ${letters(30)}","a":1}`, letters(30), '","a":1}'],
  ['a bearer token alone', `sent bearer ${letters(40)}`, letters(40), 'sent bearer ['],
  ['cookie', 'Cookie: session=s3cr3tvalue; theme=dark', 's3cr3tvalue', 'Cookie: ['],
  [
    'docker login',
    'docker login -u bot -p hunter2 registry.corp.io',
    'hunter2',
    'docker login -u bot -p [removed: password] registry',
  ],
  ['docker login --password', "docker login --password 'hunter2' r.io", 'hunter2', "' r.io"],
  ['docker login --password=', 'docker login --password=hunter2 r.io', 'hunter2', ' r.io'],
  ['docker config', '{"auths":{"r.io":{"auth":"Ym90Omh1bnRlcjI="}}}', 'Ym90Omh1bnRlcjI', '{"auths":{"r.io":{"auth":"['],
  [
    'curl -u',
    'curl -sf -u bot:hunter2 https://r.io/v2/',
    'hunter2',
    'curl -sf -u bot:[removed: password] https://r.io/v2/',
  ],
  ['mysql -p', 'mysqldump -h db -phunter2 app', 'hunter2', 'mysqldump -h db -p['],
  ['netrc', 'machine r.io login bot password hunter2', 'hunter2', 'machine r.io login bot password ['],
  ['SQL', "ALTER USER app IDENTIFIED BY 'hunter2'", 'hunter2', 'ALTER USER app'],
  ['environment', 'DB_PASSWORD=hunter2', 'hunter2', 'DB_PASSWORD=[removed: password]'],
  ['environment, short name', 'SMTP_PASS=hunter2', 'hunter2', 'SMTP_PASS='],
  ['environment, quoted', 'export API_KEY="abc def 123"', 'abc def', 'export API_KEY="['],
  ['environment, special letters', 'PASSWORD=hun,ter;2&x! next', 'ter;2&x!', ' next'],
  ['YAML', 'password: hunter\nuser: bob', 'hunter', '\nuser: bob'],
  ['YAML token', 'token: abcdef123456', 'abcdef123456', 'token: ['],
  ['JSON', '{"user":"bob","password":"hun\\"ter2","n":1}', 'ter2', ',"n":1}'],
  ['JSON number', '{"password":12345}', '12345', '{"password":"[removed: password]"}'],
  ['camel case', '{"clientSecret":"abcdef123"}', 'abcdef123', '{"clientSecret":"['],
  ['JSON within JSON', '{"msg":"{\\"apiKey\\":\\"abcdef123\\",\\"a\\":1}"}', 'abcdef123', ',\\"a\\":1}"}'],
  ['query string', 'GET /cb?access_token=abcdef123&state=7', 'abcdef123', '&state=7'],
  ['connection string', 'Server=db;User Id=sa;Password=hunter2;Encrypt=yes', 'hunter2', ';Encrypt=yes'],
  ['flag', 'run --api-key abcdef123 --verbose', 'abcdef123', ' --verbose'],
  ['private key in hex', `PRIVATE_KEY=0x${hex(64)}`, hex(64), 'PRIVATE_KEY='],
];

const INNOCENT: string[] = [
  `sha256:${hex(64)}`,
  `registry.corp.io/pdf-renderer@sha256:${hex(64)}`,
  'f81d4fae-7dec-11d0-a765-00a0c91e6bf6',
  hex(40),
  `commit ${hex(40)} (HEAD -> main)`,
  `data:image/png;base64,iVBORw0KGgo${letters(200)}==`,
  pem('CERTIFICATE'),
  pem('PUBLIC KEY'),
  '/usr/local/lib/python3.12/site-packages/secret_storage/token.py',
  'exec /app/render: exec format error',
  'token: null',
  '"token": null,',
  'token=',
  'password: ""',
  `password: ${'$'}{DB_PASSWORD}`,
  'password: $DB_PASSWORD',
  'password: {{ .Values.password }}',
  'password=****',
  'password: <your password>',
  'POSTGRES_PASSWORD_FILE=/run/secrets/postgres',
  'secret: /run/secrets/postgres',
  'PWD=/app/data',
  'tokenEnv: GITLAB_TOKEN',
  'max_tokens: 4096',
  'tokens: 15',
  'SyntaxError: Unexpected token \'<\', "<html>" is not valid JSON',
  'Unexpected token: }',
  'password: required',
  'invalid token: expired',
  'tokenizer: bert-base-uncased',
  'docker login --password-stdin registry.corp.io',
  'docker login -u bot registry.corp.io',
  'docker run -u 1000:1000 -p 8080:80 --rm app',
  'https://registry.corp.io:5000/v2/',
  'http://render-01:9090/metrics?x=a@b',
  'ssh://git@github.com/corp/pdf.git',
  'postgres://app:***@db/x',
  'WWW-Authenticate: Bearer realm="https://auth.docker.io/token",service="registry.docker.io"',
  'Basic authentication is not supported',
  'bearer authentication required by the registry',
  '10.0.0.12:2376',
  '2026-11-21T09:00:00.000Z',
  `ELF 64-bit LSB executable, ARM aarch64, version 1 (SYSV), statically linked, BuildID[sha1]=${hex(40)}`,
  'sk-learn-contrib-a-rather-long-package-name',
  'pull access denied for x, repository does not exist or may require authorization: server message',
  'etag: "33a64df551425fcc55e4d42a148795d9f25f89d4"',
  'C:\\Program Files\\Token\\secret.txt',
  'pass: true',
  '"pass": false, "platforms": []',
];

describe('redact', () => {
  it.each(SAMPLES)('removes: %s', (_, text, secret, stays) => {
    const clean = redact(text);
    expect(clean).not.toContain(secret);
    expect(clean).toContain(stays);
    expect(clean).toContain('[removed: ');
  });

  it.each(INNOCENT)('leaves alone: %s', (text) => expect(redact(text)).toBe(text));

  it.each(SAMPLES)('has nothing to do a second time: %s', (_, text) => expect(redact(redact(text))).toBe(redact(text)));

  it('keeps JSON what it is', () => {
    for (const [, text] of SAMPLES) {
      const line = JSON.stringify({ msg: text, n: 1 });
      expect(() => JSON.parse(redact(line)), redact(line)).not.toThrow();
      expect(JSON.parse(redact(line)), text).toMatchObject({ n: 1 });
    }
  });

  it('removes a secret also when its line is serialised as JSON', () => {
    for (const [name, text, secret] of SAMPLES) {
      if (secret.includes('\n')) continue;
      expect(redact(JSON.stringify({ msg: text })), name).not.toContain(secret);
    }
  });

  it('finds a secret in any surroundings', () => {
    const around = fc.string({
      unit: fc.constantFrom('a ', 'B\n', '0', '"', ' ', ':', '=', '/', '{', '\\', '-', 'é '),
    });
    const known = [`glpat-${letters(20)}`, `AKIA${upper(16)}`, jwt];
    fc.assert(
      fc.property(around, around, fc.constantFrom(...known), (before, after, secret) => {
        expect(redact(`${before} ${secret} ${after}`)).not.toContain(secret);
      }),
    );
  });
});

describe('the time that redacting takes', () => {
  /** Beginnings of everything that is looked for, repeated, so that each is tried again and again and never ends. */
  const HOSTILE = [
    'a',
    ' ',
    '\\',
    '"',
    '-',
    'A1',
    '://',
    'a://b:',
    'x://:',
    'eyJ',
    'eyJ-',
    'eyJaaaaaaaa.',
    'sk-',
    'sk-a',
    'SG.aaaaaaaaaaaaaaaaaaaa.',
    'xoxb-',
    '-----BEGIN PRIVATE KEY-----',
    '-----BEGIN PRIVATE KEY-----\n',
    '-----END PRIVATE KEY-----',
    'AAAA\n',
    'password',
    'password=',
    'password="',
    "password='",
    'password="\\',
    'token: ',
    'token=;',
    'token=a&',
    '_pass',
    'authorization: ',
    'authorization: basic ',
    'bearer ',
    'basic ',
    'bearer a',
    'cookie: a',
    'cookie:',
    'curl ',
    'curl -u a',
    'login ',
    'login a password ',
    'login -p',
    '--password ',
    '--a-',
    'identified by ',
    'a:b@',
    '1234567890:',
    'abc1Q~',
    'hooks.slack.com/services/',
    'gh',
    'https://a.b/c?sig=',
    'api key',
    'ATATT3',
    '0123456789abcdef',
  ];

  /** Beginnings that are followed by very much of one thing, and then by something else. */
  const LONG: [string, string][] = [
    ['password=', ')'],
    ['password="', '\\"'],
    ['password=\\"', '\\\\'],
    ['token=', '&'],
    ['authorization: bearer ', 'a'],
    ['cookie: a=', '='],
    ['-----BEGIN PRIVATE KEY-----\n', 'A\n'],
    ['', 'A\n'],
  ];

  it.each([...HOSTILE.map((part): [string, string] => ['', part]), ...LONG])(
    'grows with the text and not with its square: %j %j',
    (head, part) => {
      const measure = (length: number) => {
        const text = `${head}${part.repeat(Math.ceil(length / part.length))}?`;
        const start = process.cpuUsage();
        redact(text);
        const { user, system } = process.cpuUsage(start);
        return (user + system) / 1_000;
      };
      measure(10_000);
      const short = measure(50_000);
      const long = measure(400_000);
      // Eight times the text: a square would be 64 times the time. Small times are noise.
      expect(long).toBeLessThan(Math.max(short * 30, 400));
    },
  );
});
