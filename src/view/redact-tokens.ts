/** A secret that can be told by its form alone. */
interface TokenForm {
  readonly kind: string;
  /** Its letters; what stands before and behind it is added below. */
  readonly form: string;
}

/**
 * The forms that services give their tokens, by their own documentation. Every form begins with fixed letters and repeats one
 * class of characters, so that looking for it takes time in proportion to the text.
 */
const FORMS: readonly TokenForm[] = [
  { kind: 'AWS key', form: '(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}' },
  { kind: 'Google key', form: 'AIza[\\w-]{35}' },
  { kind: 'Google token', form: 'ya29\\.[\\w-]{20,}' },
  { kind: 'Google secret', form: 'GOCSPX-[\\w-]{24,}' },
  { kind: 'Azure secret', form: '[\\w~.-]{3}\\dQ~[\\w~.-]{31,34}' },
  { kind: 'GitHub token', form: 'gh[opsur]_[A-Za-z0-9][\\w.-]{19,}' },
  { kind: 'GitHub token', form: 'github_pat_\\w{20,}' },
  { kind: 'GitLab token', form: 'gl(?:pat|ptt|dt|rt|rtr|cbt|ft|soat|oas|agent|imt|ffct|wt)-[\\w.-]{16,}' },
  { kind: 'GitLab token', form: 'GR1348941[\\w-]{20,}' },
  { kind: 'Slack token', form: 'xox[a-z](?:\\.xox[a-z])?-[A-Za-z0-9-]{10,}' },
  { kind: 'Slack token', form: 'xapp-\\d-[A-Za-z0-9-]{10,}' },
  { kind: 'npm token', form: 'npm_[A-Za-z0-9]{30,}' },
  { kind: 'Docker token', form: 'dckr_[op]at_[\\w-]{20,}' },
  { kind: 'PyPI token', form: 'pypi-[\\w-]{40,}' },
  { kind: 'RubyGems key', form: 'rubygems_[a-f0-9]{40,}' },
  { kind: 'Stripe key', form: '[rs]k_(?:live|test)_[A-Za-z0-9]{10,}' },
  { kind: 'webhook secret', form: 'whsec_[A-Za-z0-9+/=]{20,}' },
  { kind: 'API key', form: 'sk-(?=[A-Za-z_-]{0,80}\\d)[\\w-]{20,}' },
  { kind: 'Telegram token', form: '(?:bot)?\\d{8,10}:A[\\w-]{34}' },
  { kind: 'SendGrid key', form: 'SG\\.[\\w-]{16,}\\.[\\w-]{16,}' },
  { kind: 'Twilio key', form: 'SK[0-9a-f]{32}' },
  { kind: 'Mailgun key', form: 'key-[0-9a-f]{32}' },
  { kind: 'Mailchimp key', form: '[0-9a-f]{32}-us\\d{1,2}' },
  { kind: 'Square token', form: 'sq0[a-z]{3}-[\\w-]{22,}' },
  { kind: 'Shopify token', form: 'shp(?:at|ca|pa|ss)_[A-Fa-f0-9]{32}' },
  { kind: 'DigitalOcean token', form: 'do[opr]_v1_[a-f0-9]{64}' },
  { kind: 'Vault token', form: 'hv[bsr]\\.[\\w-]{24,}' },
  { kind: 'Grafana token', form: 'gl(?:sa|c)_[\\w+/=]{32,}' },
  { kind: 'Databricks token', form: 'dapi[a-f0-9]{32}(?:-\\d)?' },
  { kind: 'Hugging Face token', form: 'hf_[A-Za-z0-9]{30,}' },
  { kind: 'New Relic key', form: 'NRAK-[A-Z0-9]{27}' },
  { kind: 'Sentry token', form: 'sntry[su]_[\\w+/=.-]{30,}' },
  { kind: 'Atlassian token', form: 'ATATT3[\\w=-]{50,}' },
  { kind: 'Tailscale key', form: 'tskey-[a-z]+-[\\w-]{16,}' },
  { kind: 'age key', form: 'AGE-SECRET-KEY-1[A-Z0-9]{50,}' },
  { kind: 'JWT', form: 'eyJ[\\w-]{8,}\\.[\\w-]{4,}(?:\\.[\\w-]*){1,3}' },
];

/** Webhooks whose address alone lets one post. The part that identifies is kept, the rest goes. */
const WEBHOOK =
  /(hooks\.slack\.com\/(?:services|workflows|triggers)\/|discord(?:app)?\.com\/api\/webhooks\/|\.webhook\.office\.com\/webhookb2\/)[\w/@.-]{20,}/g;

/** The boundary keeps a form from matching inside a longer word, and from being looked for again within itself. */
const TOKENS = FORMS.map(({ kind, form }) => ({
  kind,
  pattern: new RegExp(`(?<![A-Za-z0-9_-])${form}(?![A-Za-z0-9_])`, 'g'),
}));

/** Removes the secrets that can be told by their form, wherever they stand. */
export function redactTokens(text: string): string {
  return TOKENS.reduce(
    (rest, { kind, pattern }) => rest.replace(pattern, `[removed: ${kind}]`),
    text.replace(WEBHOOK, '$1[removed: webhook]'),
  );
}
