import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerConnector, type Call } from './connector-api.ts';
import { createDeliveries } from './delivery.ts';
import { createFaults, type Fault, type Operation } from './faults.ts';
import { createGraph } from './graph-api.ts';
import { APP, createIdentity, ISSUER, PASSWORD, TENANT } from './identity.ts';
import { createOneDrive } from './one-drive.ts';
import { CHANNEL, createPeople } from './people.ts';
import { createRates } from './rates.ts';
import { createKeys } from './tokens.ts';
import { createWorld } from './world.ts';

/** What a test may set. */
export interface TeamsServerOptions {
  /** For the rates: milliseconds, never going back. */
  readonly now?: () => number;
}

const BOT = `28:${APP}`;

/** The people and places that are there from the start. */
function populate() {
  const world = createWorld();
  world.room(CHANNEL, 'channel', ['anna', 'ben']);
  for (const name of ['anna', 'ben']) world.room(`a:alone-${name}`, 'personal', [name]);
  return world;
}

/**
 * A local Teams: one tenant, one bot; the Bot connector, Entra's token endpoint, the OpenID document with its keys, and
 * Microsoft Graph's answer to who is in a group.
 */
export async function startTeams({ now = () => performance.now() }: TeamsServerOptions = {}) {
  const world = populate();
  const faults = createFaults();
  const keys = createKeys();
  const identity = createIdentity(faults, keys);
  const oneDrive = createOneDrive(faults);
  const calls: Call[] = [];
  const { isToken } = identity;
  let base = '';
  const graph = createGraph({ world, faults, isToken: (token) => identity.isGraphToken(token, base) });
  const rates = createRates(now);
  const api = { world, faults, tooSoon: rates.tooSoon, calls, bot: BOT, tenant: TENANT, isToken };
  const asked: string[] = [];
  const answer = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const path = new URL(req.url ?? '/', 'http://localhost').pathname;
    asked.push(path);
    if (path.startsWith('/onedrive/')) return oneDrive.answer(path.slice('/onedrive/'.length), req, res);
    if (path.startsWith('/teams/v3/')) return answerConnector(api, req, res);
    if (path.startsWith('/graph/')) return graph.answer(path, req, res);
    await identity.answer(path, base, req, res);
  };
  const server = createServer((req, res) => void answer(req, res).catch(() => res.destroy()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const serviceUrl = `${base}/teams/`;
  const deliveries = createDeliveries(keys, () => serviceUrl);
  return {
    ...createPeople(() => ({ world, serviceUrl, tenant: TENANT, bot: BOT }), deliveries),
    ...{ appId: APP, password: PASSWORD, tenant: TENANT, issuer: ISSUER, scope: ISSUER, bot: BOT, channel: CHANNEL },
    loginUrl: `${base}/login/${TENANT}`,
    openIdUrl: `${base}/openid`,
    graphUrl: `${base}/graph`,
    ...{ setGroup: graph.setGroup, grant: graph.grant },
    ...{ serviceUrl, world, calls, rates },
    /** The files that were put into people's OneDrive, by the message that asked. */
    uploaded: oneDrive.files,
    /** The paths of all requests. */
    asked: asked as readonly string[],
    /** Deliveries go to this address. */
    deliverTo: deliveries.to,
    deliver: deliveries.deliver,
    hold: deliveries.hold,
    held: deliveries.held,
    release: deliveries.release,
    fault: (operation: Operation, fault: Fault) => faults.add(operation, fault),
    /** The tokens that were given out are good no longer. */
    revokeTokens: identity.revoke,
    /** Teams is gone: connections are cut and new ones refused, until it is back at the same address. */
    async goAway() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
    comeBack: () => new Promise<void>((resolve) => server.listen(Number(new URL(base).port), '127.0.0.1', resolve)),
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

export type TeamsServer = Awaited<ReturnType<typeof startTeams>>;
