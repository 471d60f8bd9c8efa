/** A secret that can be told by its form alone. */
export interface TokenForm {
  readonly kind: string;
  /** A regular expression of its letters; what may stand before and behind it is not part of it. */
  readonly form: string;
}

/**
 * The forms that services give their tokens, by their own documentation. Every form begins with fixed letters, or repeats one
 * class of characters with an end, so that looking for it takes time in proportion to the text.
 */
export const TOKEN_FORMS: readonly TokenForm[] = [
  // Clouds.
  { kind: 'AWS key', form: '(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}' },
  { kind: 'AWS key', form: 'ABSK[A-Za-z0-9+/]{100,}={0,2}' },
  { kind: 'AWS login', form: 'eyJwYXlsb2Fk[\\w+/-]{80,}={0,2}' },
  { kind: 'Google key', form: 'AIza[\\w-]{35}' },
  { kind: 'Google token', form: 'ya29\\.[\\w-]{20,}' },
  { kind: 'Google token', form: '1//0[\\w-]{30,}' },
  { kind: 'Google secret', form: 'GOCSPX-[\\w-]{24,}' },
  { kind: 'Azure secret', form: '[\\w~.-]{3}\\dQ~[\\w~.-]{31,34}' },
  { kind: 'Azure key', form: '[A-Za-z0-9+/]{76}\\+(?:AStA|ABa[A-Za-z])[A-Za-z0-9+/]{5,6}={0,2}' },
  { kind: 'DigitalOcean token', form: 'do[opr]_v1_[a-f0-9]{64}' },
  { kind: 'Heroku key', form: 'HRKU-[\\w-]{30,}' },
  { kind: 'Alibaba key', form: 'LTAI[A-Za-z0-9]{16,26}' },
  { kind: 'Cloudflare key', form: 'v1\\.0-[a-f0-9]{24}-[a-f0-9]{100,}' },
  { kind: 'Fly.io token', form: 'fm[12][a-z]?_[\\w+/=-]{80,}' },
  { kind: 'Terraform token', form: '[A-Za-z0-9]{14}\\.atlasv1\\.[\\w-]{50,}' },
  { kind: 'Pulumi token', form: 'pul-[a-f0-9]{40}' },
  // Forges, CI, registries of packages and images.
  { kind: 'GitHub token', form: 'gh[opsur]_[A-Za-z0-9][\\w.-]{19,}' },
  { kind: 'GitHub token', form: 'github_pat_\\w{20,}' },
  { kind: 'GitLab token', form: 'gl(?:pat|ptt|dt|rt|rtr|cbt|ft|soat|oas|agent|imt|ffct|wt)-[\\w.-]{16,}' },
  { kind: 'GitLab token', form: 'GR1348941[\\w-]{20,}' },
  { kind: 'Bitbucket password', form: 'ATBB[A-Za-z0-9]{28,}' },
  { kind: 'Atlassian token', form: 'AT[AC]TT3[\\w=-]{50,}' },
  { kind: 'CircleCI token', form: 'CCI(?:PAT|PRJ)_\\w{20,}' },
  { kind: 'Buildkite token', form: 'bk(?:ua|ct|aj)_[a-f0-9]{40}' },
  { kind: 'JFrog token', form: 'cmVmd[A-Za-z0-9]{59}' },
  { kind: 'JFrog key', form: 'AKC[a-z0-9][A-Za-z0-9]{60,}' },
  { kind: 'Sonar token', form: 'sq[pau]_[a-f0-9]{40}' },
  { kind: 'npm token', form: 'npm_[A-Za-z0-9]{30,}' },
  { kind: 'Docker token', form: 'dckr_[op]at_[\\w-]{20,}' },
  { kind: 'PyPI token', form: 'pypi-[\\w-]{40,}' },
  { kind: 'RubyGems key', form: 'rubygems_[a-f0-9]{40,}' },
  { kind: 'crates.io token', form: 'cio(?=[A-Za-z]{0,31}\\d)[A-Za-z0-9]{32}' },
  { kind: 'NuGet key', form: 'oy2[a-z0-9]{43}' },
  // Chats, models and other services.
  { kind: 'Slack token', form: 'xox[a-z](?:\\.xox[a-z])?-[A-Za-z0-9-]{10,}' },
  { kind: 'Slack token', form: 'xapp-\\d-[A-Za-z0-9-]{10,}' },
  { kind: 'Discord token', form: '[MNO][\\w-]{23,27}\\.[\\w-]{6}\\.[\\w-]{27,}' },
  { kind: 'Telegram token', form: '(?:bot)?\\d{8,10}:A[\\w-]{34}' },
  { kind: 'Stripe key', form: '[rs]k_(?:live|test)_[A-Za-z0-9]{10,}' },
  { kind: 'webhook secret', form: 'whsec_[A-Za-z0-9+/=]{20,}' },
  { kind: 'API key', form: 'sk-(?=[A-Za-z_-]{0,80}\\d)[\\w-]{20,}' },
  { kind: 'API key', form: '(?:gsk_|r8_|xai-|pplx-)(?=[A-Za-z]{0,60}\\d)[A-Za-z0-9]{36,}' },
  { kind: 'Hugging Face token', form: '(?:hf|api_org)_[A-Za-z0-9]{30,}' },
  { kind: 'SendGrid key', form: 'SG\\.[\\w-]{16,}\\.[\\w-]{16,}' },
  { kind: 'Twilio key', form: 'SK[0-9a-f]{32}' },
  { kind: 'Mailgun key', form: 'key-[0-9a-f]{32}' },
  { kind: 'Mailchimp key', form: '[0-9a-f]{32}-us\\d{1,2}' },
  { kind: 'Brevo key', form: 'xkeysib-[a-f0-9]{64}-\\w{16}' },
  { kind: 'Square token', form: 'sq0[a-z]{3}-[\\w-]{22,}' },
  { kind: 'Shopify token', form: 'shp(?:at|ca|pa|ss)_[A-Fa-f0-9]{32}' },
  { kind: 'PayPal token', form: 'access_token\\$(?:production|sandbox)\\$\\w{16}\\$[a-f0-9]{32}' },
  { kind: 'Linear key', form: 'lin_(?:api|oauth)_[A-Za-z0-9]{30,}' },
  { kind: 'Notion token', form: 'ntn_[A-Za-z0-9]{40,}' },
  { kind: 'Airtable token', form: 'pat[A-Za-z0-9]{14}\\.[a-f0-9]{64}' },
  { kind: 'Figma token', form: 'fig[dou]_[\\w-]{36,}' },
  { kind: 'Facebook token', form: 'EAA[A-Z][A-Za-z0-9]{90,}' },
  // Watching.
  { kind: 'New Relic key', form: 'NRAK-[A-Z0-9]{27}' },
  { kind: 'New Relic key', form: '[a-f0-9]{36}(?:NRAL|FFFF)' },
  { kind: 'Sentry token', form: 'sntry[su]_[\\w+/=.-]{30,}' },
  { kind: 'Dynatrace token', form: 'dt0[a-z]\\d{2}\\.[A-Z0-9]{24}\\.[A-Z0-9]{64}' },
  { kind: 'Grafana token', form: 'gl(?:sa|c)_[\\w+/=]{32,}' },
  // Data, vaults and networks.
  { kind: 'Databricks token', form: 'dapi[a-f0-9]{32}(?:-\\d)?' },
  { kind: 'PlanetScale password', form: 'pscale_(?:pw|tkn|oauth)_[\\w.-]{32,}' },
  { kind: 'Supabase key', form: 'sb[ps]_[a-f0-9]{40}' },
  { kind: 'Vault token', form: 'hv[bsr]\\.[\\w-]{24,}' },
  { kind: 'Vault token', form: 's\\.(?=[A-Za-z]{0,23}\\d)(?=[a-z0-9]{0,23}[A-Z])[A-Za-z0-9]{24}' },
  { kind: '1Password token', form: 'ops_eyJ[\\w-]{80,}' },
  { kind: 'Doppler token', form: 'dp\\.(?:st|pt|ct|sa|scim|audit)\\.(?:[a-z_-]{1,40}\\.)?[A-Za-z0-9]{40,}' },
  { kind: 'Tailscale key', form: 'tskey-[a-z]+-[\\w-]{16,}' },
  { kind: 'age key', form: 'AGE-SECRET-KEY-1[A-Z0-9]{50,}' },
  // Private keys and logins in base64: `-----BEGIN … PRIVATE KEY`, `{"auths":`, `{"username"`.
  {
    kind: 'private key',
    form: 'LS0tLS1CRUdJTi(?:BQUklWQVRFIEtFW|BSU0EgUFJJVkFU|BFQyBQUklWQVRF|BPUEVOU1NIIFBS|BFTkNSWVBURUQg|BEU0EgUFJJVkFU|BQR1AgUFJJVkFU)[\\w+/-]*={0,2}',
  },
  { kind: 'registry login', form: 'eyJ(?:hdXRocyI6|1c2VybmFtZSI6)[\\w+/-]{16,}={0,2}' },
  {
    kind: 'JWT',
    form: 'eyJ[\\w-]{8,}(?:\\.eyJ[\\w-]{8,}(?:\\.(?:\\r?\\n|\\\\n)?[\\w-]*)?|\\.[\\w-]{4,}(?:\\.[\\w-]*){1,3})',
  },
];
