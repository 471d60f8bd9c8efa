import { problem } from '../../../src/playbook/answer.ts';

/** `/repos/docs/pdf-renderer`. Rejects what is no `owner/name`. */
export function repositoryPath(project: string, target: string): string {
  const [owner = '', name = '', ...more] = project.split('/');
  const isName = (part: string) => /^[\w.-]{1,100}$/.test(part) && !/^\.+$/.test(part);
  if (more.length === 0 && isName(owner) && isName(name)) return `/repos/${owner}/${name}`;
  throw problem('invalid', target, `${project} is no repository. Write \`project\` as owner/name.`);
}
