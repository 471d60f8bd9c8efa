/** The address of a run's page to pass on to others; null where `publicUrl` is not configured, as then nobody could open it. */
export function permalinkOf(publicUrl: string | null, run: string): string | null {
  return publicUrl === null ? null : `${publicUrl.replace(/\/+$/, '')}/runs/${encodeURIComponent(run)}`;
}
