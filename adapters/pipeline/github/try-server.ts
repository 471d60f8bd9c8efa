import { asText } from '../../../src/image/json-values.ts';
import { type Answer, answerOf } from '../../../src/playbook/answer.ts';
import type { Reached } from '../../../src/ports/connection.ts';
import { createClient } from './client.ts';
import type { GithubOptions } from './options.ts';
import { repositoryPath } from './repository-path.ts';

/** Whether a GitHub answers and its token sees these repositories, at most twenty of them. */
export function tryGithub(
  options: GithubOptions,
  repositories: readonly string[],
  signal: AbortSignal,
): Promise<Answer<Reached>> {
  return answerOf(async () => {
    const client = createClient(options);
    const seen = await Promise.all(
      repositories.slice(0, 20).map(async (repository) => {
        const path = repositoryPath(repository, options.name);
        const found = await client.get({ path, what: `the repository ${repository}`, signal });
        return asText(found.full_name) ?? repository;
      }),
    );
    const by = options.token === null ? 'without a token' : 'with its token';
    return { detail: `GitHub shows ${seen.join(', ')} ${by}`, lacks: [] };
  });
}
