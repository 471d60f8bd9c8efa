/** What `/readyz` answers. */
interface Readiness {
  readonly http: number;
  readonly status: string;
  readonly connections: readonly {
    readonly kind: string;
    readonly name: string;
    readonly state: string;
    readonly since: string | null;
    readonly detail?: string;
  }[];
}

/** Asks a program whether it is ready. */
export async function readReadiness(base: string, headers: Readonly<Record<string, string>> = {}): Promise<Readiness> {
  const answer = await fetch(`${base}/readyz`, { headers });
  return { http: answer.status, ...((await answer.json()) as Omit<Readiness, 'http'>) };
}
