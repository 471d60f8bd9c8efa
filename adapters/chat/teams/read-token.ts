/** What is wrong with a token at first sight; null: its signature is worth looking at. */
type Flaw = string | null;

/** What a token of the Bot Framework must say. */
export interface Expected {
  readonly issuer: string;
  readonly appId: string;
}

/** How far the sender's clock may be from ours, seconds (T3). */
const SKEW_S = 300;
const LONGEST = 16 * 1024;

function decode(part: string | undefined): Readonly<Record<string, unknown>> {
  try {
    const read: unknown = JSON.parse(Buffer.from(part ?? '', 'base64url').toString());
    return typeof read === 'object' && read !== null ? (read as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/**
 * Looks at a token before botbuilder verifies it, which is the one that decides: what is forged clumsily, has expired or is meant
 * for others ends here, quietly. Only tokens of the Bot Framework go on: botbuilder would also take those of other bots
 * (skills) and of the emulator.
 */
export function flawOf(header: string | undefined, { issuer, appId }: Expected, now: Date): Flaw {
  const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/.exec(header?.slice(0, LONGEST) ?? '')?.[1];
  if (token === undefined) return 'no token';
  const [head, body] = token.split('.');
  const { alg, kid } = decode(head);
  const { iss, aud, exp, nbf } = decode(body);
  const seconds = now.getTime() / 1000;
  if (alg !== 'RS256' || typeof kid !== 'string') return 'not signed as the Bot Framework does';
  if (iss !== issuer) return 'issued by somebody else';
  if (aud !== appId) return 'meant for another bot';
  if (typeof exp !== 'number' || exp + SKEW_S < seconds) return 'expired';
  if (nbf !== undefined && (typeof nbf !== 'number' || nbf - SKEW_S > seconds)) return 'not valid yet';
  return null;
}
