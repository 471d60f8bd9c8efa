/** The address of the API of the GitLab that people open at `url`. */
export function apiAddress(url: string): string {
  return `${url.replace(/\/+$/, '').replace(/\/api\/v4$/, '')}/api/v4`;
}

/** `docs/pdf-renderer` is one part of a path to GitLab, its slash encoded. */
export function projectPath(project: string): string {
  return `/projects/${encodeURIComponent(project)}`;
}

export function pipelinePath(project: string, id: string): string {
  return `${projectPath(project)}/pipelines/${encodeURIComponent(id)}`;
}

export function jobPath(project: string, id: string): string {
  return `${projectPath(project)}/jobs/${encodeURIComponent(id)}`;
}
