import { TOKEN_FORMS } from './token-forms.ts';

/** Webhooks whose address alone lets one post. The part that identifies is kept, the rest goes. */
const WEBHOOK =
  /(hooks\.slack\.com\/(?:services|workflows|triggers)\/|discord(?:app)?\.com\/api\/webhooks\/|\.webhook\.office\.com\/webhookb2\/|outlook\.office(?:365)?\.com\/webhook\/|\.azurewebsites\.net\/[^\s?"']{1,200}\?code=)[\w/@.=%-]{20,}/g;

/** Hashes of passwords, as crypt(3) and its kin write them. */
const PASSWORD_HASH =
  /\$(?:2[abxy]\$\d\d\$[A-Za-z0-9./]{53}|[156y]\$[^\s$:"'\\]{1,40}\$[A-Za-z0-9./$]{20,}|argon2id?\$v=\d+\$[^\s:"'\\]{20,})/g;

/**
 * What may stand before a token: no letter of the same word, which would make it another word, but for the letter of an escape
 * (`\n` in JSON, `%3D` in addresses), which is none.
 */
const BEFORE = '(?<=^|[^A-Za-z0-9_-]|\\\\[nrtbf]|\\\\u[0-9a-fA-F]{4}|%[0-9A-F]{2})';

/** The boundary keeps a form from matching inside a longer word, and from being looked for again within itself. */
const TOKENS = TOKEN_FORMS.map(({ kind, form }) => ({
  kind,
  pattern: new RegExp(`${BEFORE}${form}(?![A-Za-z0-9_])`, 'g'),
}));

/** Removes the secrets that can be told by their form, wherever they stand. */
export function redactTokens(text: string): string {
  return TOKENS.reduce(
    (rest, { kind, pattern }) => rest.replace(pattern, `[removed: ${kind}]`),
    text.replace(WEBHOOK, '$1[removed: webhook]').replace(PASSWORD_HASH, '[removed: password]'),
  );
}
