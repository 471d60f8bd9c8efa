import { asTexts, parseJsonObject } from '../../../src/image/json-values.ts';
import { isTag, type Reference, repositoryName } from '../../../src/image/reference.ts';
import { problem } from '../../../src/playbook/answer.ts';
import type { Got, RegistryClient } from './registry-client.ts';

const LARGEST_PAGE = 4 * 1024 ** 2;
const MOST_TAGS = 1000;
/** A page has at least one tag, where a registry does not number them at its pleasure. */
const MOST_PAGES = 1000;

/** The tags of a repository, at most 1,000, in the registry's order; what cannot be one is left out. Rejects with ProbeError. */
export async function fetchTags(
  client: RegistryClient,
  reference: Reference,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { registry, repository } = reference;
  const what = `the tags of ${repositoryName(reference)}`;
  const tags: string[] = [];
  let path: string | null = `tags/list?n=${MOST_TAGS}`;
  for (let pages = 0; path !== null && tags.length < MOST_TAGS && pages < MOST_PAGES; pages++) {
    const got: Got = await client.read({ registry, repository, path, what, signal }, LARGEST_PAGE);
    const list = parseJsonObject(got.bytes.toString('utf8'));
    if (list === null) throw problem('invalid', registry, `${what} came as something else than a JSON object.`);
    const page = asTexts(list.tags);
    tags.push(...page.filter(isTag));
    path = page.length === 0 ? null : nextPage(got.headers.link);
  }
  return tags.slice(0, MOST_TAGS);
}

/** Of a Link header only its query counts: a registry cannot send us to another path (distribution-spec, pagination). */
function nextPage(link: string | readonly string[] | undefined): string | null {
  const target = /<([^<>]*)>\s*;\s*rel="?next"?/.exec(typeof link === 'string' ? link : '')?.[1];
  const query = target?.split('?')[1];
  return query === undefined ? null : `tags/list?${query}`;
}
