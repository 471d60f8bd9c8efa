import { z } from 'zod';
import { type Call, filterOf, type Route, readBody, sendJson, timeOf } from './call.ts';
import type { Engine } from './engine.ts';
import { EngineError } from './engine-error.ts';
import type { EngineEvent } from './event-log.ts';
import { allNetworks, findNetwork, networkOf } from './networks.ts';
import { infoOf, versionOf } from './practice-host.ts';

const connectSchema = z.looseObject({ Container: z.string(), EndpointConfig: z.looseObject({}).nullish() });

function ping({ request, response }: Call): void {
  response.writeHead(200, {
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-cache',
    'content-length': 2,
  });
  response.end(request.method === 'HEAD' ? undefined : 'OK');
}

function wantedEvents({ query }: Call): (event: EngineEvent) => boolean {
  const types = filterOf(query, 'type');
  const actions = filterOf(query, 'event');
  const containers = filterOf(query, 'container');
  const fits = (wanted: readonly string[], ...values: (string | undefined)[]) =>
    wanted.length === 0 || values.some((value) => value !== undefined && wanted.includes(value));
  return ({ Type, Action, id, Actor }) =>
    fits(types, Type) && fits(actions, Action) && fits(containers, id, Actor.Attributes.name);
}

/** Without `since` only further events are told, without `until` for ever: as the engine does. */
function events(engine: Engine, call: Call): void {
  const { query, response } = call;
  const since = timeOf(query, 'since');
  const until = timeOf(query, 'until');
  const wanted = wantedEvents(call);
  const write = (event: EngineEvent) => response.write(`${JSON.stringify(event)}\n`);
  response.writeHead(200, { 'content-type': 'application/json' });
  response.flushHeaders();
  if (since !== null || query.get('since') === '0') {
    for (const event of engine.events.events()) {
      const at = event.timeNano / 1_000_000;
      if (at >= (since ?? 0) && (until === null || at <= until) && wanted(event)) write(event);
    }
  }
  if (until !== null && until <= engine.now()) {
    response.end();
    return;
  }
  const unlisten = engine.events.listen((event) => {
    if (wanted(event)) write(event);
  });
  const timer = until === null ? undefined : setTimeout(() => response.end(), until - engine.now()).unref();
  response.once('close', () => {
    unlisten();
    clearTimeout(timer);
  });
}

function networkNamed(text: string): string {
  const name = findNetwork(text);
  if (!name) throw new EngineError(404, `network ${text} not found`);
  return name;
}

async function connect({ containers }: Engine, call: Call): Promise<void> {
  const { Container, EndpointConfig } = await readBody(call, connectSchema);
  const name = networkNamed(call.subject);
  const container = containers.get(Container);
  if (container.networks[name]) {
    throw new EngineError(403, `endpoint with name ${container.name} already exists in network ${name}`);
  }
  container.networks[name] = EndpointConfig ?? {};
  sendJson(call, 200);
}

async function disconnect({ containers }: Engine, call: Call): Promise<void> {
  const { Container } = await readBody(call, connectSchema);
  const name = networkNamed(call.subject);
  const container = containers.get(Container);
  if (!container.networks[name]) {
    throw new EngineError(403, `container ${container.id} is not connected to network ${name}`);
  }
  delete container.networks[name];
  sendJson(call, 200);
}

/** `/info`, `/events`, `/networks` and the like of the Docker Engine API v1.41. */
export function systemRoutes(engine: Engine): Route[] {
  const info = () => {
    const all = engine.containers.list();
    const running = all.filter(({ state }) => state.running && !state.restarting).length;
    const counts = { running, stopped: all.length - running, images: engine.images.size };
    return infoOf(engine.hostName, counts, engine.now());
  };
  return [
    { method: 'GET', pattern: /^\/_ping$/, handle: ping },
    { method: 'HEAD', pattern: /^\/_ping$/, handle: ping },
    { method: 'GET', pattern: /^\/version$/, handle: (call) => sendJson(call, 200, versionOf()) },
    { method: 'GET', pattern: /^\/info$/, handle: (call) => sendJson(call, 200, info()) },
    { method: 'GET', pattern: /^\/events$/, handle: (call) => events(engine, call) },
    { method: 'GET', pattern: /^\/networks$/, handle: (call) => sendJson(call, 200, allNetworks()) },
    {
      method: 'GET',
      pattern: /^\/networks\/([^/]+)$/,
      handle: (call) => sendJson(call, 200, networkOf(networkNamed(call.subject), engine.containers.list())),
    },
    { method: 'POST', pattern: /^\/networks\/([^/]+)\/connect$/, handle: (call) => connect(engine, call) },
    { method: 'POST', pattern: /^\/networks\/([^/]+)\/disconnect$/, handle: (call) => disconnect(engine, call) },
  ];
}
