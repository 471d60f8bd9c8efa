import type { IncomingMessage, ServerResponse } from 'node:http';
import type { createFaults } from './faults.ts';
import type { World } from './world.ts';

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** Any of these sets lets an app read who is in what (v1.0, application permissions for a user's groups). */
const ENOUGH = [['User.Read.All', 'GroupMember.Read.All'], ['User.Read.All', 'Group.Read.All'], ['Directory.Read.All']];
/** So many groups may be named in one question. */
const MOST = 20;

interface Parts {
  readonly world: World;
  readonly faults: ReturnType<typeof createFaults>;
  readonly isToken: (token: string) => boolean;
}

async function readJson(req: IncomingMessage): Promise<Record<string, unknown>> {
  let text = '';
  for await (const chunk of req) text += String(chunk);
  return JSON.parse(text || '{}') as Record<string, unknown>;
}

/** Microsoft Graph, as far as it says who is in a group. */
export function createGraph({ world, faults, isToken }: Parts) {
  const groups = new Map<string, readonly string[]>();
  const granted = new Set(['User.Read.All', 'GroupMember.Read.All']);

  function check(user: string, asked: unknown): { status: number; body: unknown } {
    const refuse = (status: number, code: string) => ({ status, body: { error: { code, message: code } } });
    if (!ENOUGH.some((set) => set.every((each) => granted.has(each))))
      return refuse(403, 'Authorization_RequestDenied');
    const ids = Array.isArray(asked) ? asked.map(String) : [];
    const malformed = ids.length === 0 || ids.length > MOST || ids.some((id) => !GUID.test(id));
    if (malformed) return refuse(400, 'Request_BadRequest');
    const known = [...world.users.values()].some(({ object }) => object === user);
    if (!known || ids.some((id) => !groups.has(id))) return refuse(404, 'Request_ResourceNotFound');
    const within = (id: string): boolean =>
      (groups.get(id) ?? []).some((member) => member === user || (groups.has(member) && within(member)));
    return { status: 200, body: { value: ids.filter(within) } };
  }

  return {
    /** Sets who is in a group: object ids of people, or of other groups. */
    setGroup: (id: string, members: readonly string[]) => void groups.set(id, members),
    /** The application permissions that an administrator has consented to. */
    grant: (...permissions: readonly string[]) => {
      granted.clear();
      for (const permission of permissions) granted.add(permission);
    },
    /** Answers what comes below `/graph`. */
    async answer(path: string, req: IncomingMessage, res: ServerResponse): Promise<void> {
      const end = (status: number, body: unknown) =>
        void res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      const user = /^\/graph\/v1\.0\/users\/([^/]+)\/checkMemberGroups$/.exec(path)?.[1];
      const { groupIds } = await readJson(req);
      if (req.method !== 'POST' || user === undefined) return end(400, { error: { code: 'BadRequest' } });
      const token = /^Bearer (.+)$/.exec(req.headers.authorization ?? '')?.[1] ?? '';
      if (!isToken(token)) return end(401, { error: { code: 'InvalidAuthenticationToken' } });
      const fault = faults.next('graph');
      if (fault?.kind === 'cut') return void res.destroy();
      if (fault?.kind === 'rate-limit') return end(429, { error: { code: 'TooManyRequests' } });
      if (fault?.kind === 'status') return end(fault.status, { error: { code: fault.word ?? 'ServiceError' } });
      const { status, body } = check(user, groupIds);
      end(status, body);
    },
  };
}
