import { asText } from '../../../src/image/json-values.ts';
import { type Answer, answerOf } from '../../../src/playbook/answer.ts';
import type { Reached } from '../../../src/ports/connection.ts';
import { createClient } from './client.ts';
import type { GitlabOptions } from './options.ts';
import { projectPath } from './paths.ts';

/** Whether a GitLab answers and its token sees these projects, at most twenty of them. */
export function tryGitlab(
  options: GitlabOptions,
  projects: readonly string[],
  signal: AbortSignal,
): Promise<Answer<Reached>> {
  return answerOf(async () => {
    const client = createClient(options);
    const seen = await Promise.all(
      projects.slice(0, 20).map(async (project) => {
        const found = await client.get({ path: projectPath(project), what: `the project ${project}`, signal });
        return asText(found.path_with_namespace) ?? project;
      }),
    );
    const by = options.token === null ? 'without a token' : 'with its token';
    return { detail: `GitLab shows ${seen.join(', ')} ${by}`, lacks: [] };
  });
}
