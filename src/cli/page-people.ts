import type { SignInPerson } from '../../adapters/chat/web/sessions.ts';
import { readSecret } from '../../adapters/system/read-secret.ts';
import type { WebPersonConfig } from '../config/config.ts';
import { UsageError } from './exit-status.ts';

/** Shorter ones could be guessed by who has a cookie that was signed with them. */
const SHORTEST = 20;

/**
 * The people who may sign in to the page, with their tokens read. Throws UsageError, which names the person and never holds
 * any part of a token, when one cannot be read, is too short, or is another's too.
 */
export async function pagePeople(
  people: readonly WebPersonConfig[],
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<readonly SignInPerson[]> {
  const owners = new Map<string, string>();
  for (const { name, token } of people) {
    const read = await readSecret(token, environment);
    if (read.kind === 'probe-failed') throw new UsageError(`chat.web.people, ${name}: ${read.why.message}`);
    const value = read.value.trim();
    if (value.length < SHORTEST) {
      throw new UsageError(
        `chat.web.people, ${name}: the token has fewer than ${SHORTEST} characters. Make one with: openssl rand -hex 24`,
      );
    }
    const owner = owners.get(value);
    if (owner !== undefined) {
      throw new UsageError(`chat.web.people: ${owner} and ${name} have the same token. Give each their own.`);
    }
    owners.set(value, name);
  }
  return [...owners].map(([token, name]) => ({ name, token }));
}
