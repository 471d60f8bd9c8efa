import { archiveOf, findPath, pathStatOf } from './archive.ts';
import { type Call, filterOf, isSet, type Route, readBody, sendJson } from './call.ts';
import { type Container, statusOf } from './container.ts';
import { createSchema, updateSchema } from './container-config.ts';
import { inspectionOf, listingOf } from './describe-container.ts';
import type { Engine } from './engine.ts';
import { recordEvent } from './run-container.ts';
import { sendExit } from './send-exit.ts';
import { sendLogs } from './send-logs.ts';

function matchesName(pattern: string, name: string): boolean {
  try {
    const expression = new RegExp(pattern);
    return expression.test(name) || expression.test(`/${name}`);
  } catch {
    return false;
  }
}

function list(engine: Engine, call: Call): void {
  const names = filterOf(call.query, 'name');
  const ids = filterOf(call.query, 'id');
  const states = filterOf(call.query, 'status');
  const labels = filterOf(call.query, 'label');
  const fits = (wanted: readonly string[], test: (value: string) => boolean) =>
    wanted.length === 0 || wanted.some(test);
  const found = engine.containers.list().filter(({ name, id, state, config }: Container) => {
    if (!isSet(call.query, 'all') && states.length === 0 && !state.running) return false;
    return (
      fits(names, (pattern) => matchesName(pattern, name)) &&
      fits(ids, (prefix) => id.startsWith(prefix)) &&
      fits(states, (status) => statusOf(state) === status) &&
      labels.every((label) => {
        const [key = '', value] = label.split('=', 2);
        return Object.hasOwn(config.Labels, key) && (value === undefined || config.Labels[key] === value);
      })
    );
  });
  const limit = Number(call.query.get('limit') ?? 0);
  const shown = limit > 0 ? found.slice(0, limit) : found;
  sendJson(
    call,
    200,
    shown.map((container) => listingOf(container, engine.now())),
  );
}

async function create({ containers }: Engine, call: Call): Promise<void> {
  const body = await readBody(call, createSchema);
  const { query } = call;
  const { container, warnings } = containers.create(body, {
    name: query.get('name')?.replace(/^\//, '') ?? null,
    platform: query.get('platform') || null,
  });
  sendJson(call, 201, { Id: container.id, Warnings: warnings });
}

async function archive(engine: Engine, call: Call): Promise<void> {
  const container = engine.containers.get(call.subject);
  const found = findPath(container, call.query.get('path'));
  const stat = { 'x-docker-container-path-stat': pathStatOf(container, found) };
  if (call.request.method === 'HEAD') {
    call.response.writeHead(200, stat).end();
    return;
  }
  call.response.writeHead(200, { ...stat, 'content-type': 'application/x-tar' });
  call.response.end(await archiveOf(container, found));
}

async function update({ containers, events, now }: Engine, call: Call): Promise<void> {
  const { RestartPolicy } = await readBody(call, updateSchema);
  const container = containers.get(call.subject);
  if (RestartPolicy?.Name) container.hostConfig.RestartPolicy = RestartPolicy;
  recordEvent(events, container, 'update', now());
  sendJson(call, 200, { Warnings: null });
}

/** `/containers/…` of the Docker Engine API v1.41. */
export function containerRoutes(engine: Engine): Route[] {
  const { containers } = engine;
  const on = (method: Route['method'], path: string, handle: Route['handle']): Route => ({
    method,
    pattern: new RegExp(`^/containers/${path}$`),
    handle,
  });
  return [
    on('GET', 'json', (call) => list(engine, call)),
    on('POST', 'create', (call) => create(engine, call)),
    on('GET', '([^/]+)/json', (call) => sendJson(call, 200, inspectionOf(containers.get(call.subject)))),
    on('GET', '([^/]+)/logs', (call) => sendLogs(engine, call)),
    on('HEAD', '([^/]+)/archive', (call) => archive(engine, call)),
    on('GET', '([^/]+)/archive', (call) => archive(engine, call)),
    on('POST', '([^/]+)/start', (call) => sendJson(call, containers.start(containers.get(call.subject)) ? 204 : 304)),
    on('POST', '([^/]+)/stop', (call) => sendJson(call, containers.stop(containers.get(call.subject)) ? 204 : 304)),
    on('POST', '([^/]+)/restart', (call) => {
      const container = containers.get(call.subject);
      containers.stop(container);
      containers.start(container);
      sendJson(call, 204);
    }),
    on('POST', '([^/]+)/wait', (call) => sendExit(engine, call)),
    on('POST', '([^/]+)/rename', (call) => {
      containers.rename(containers.get(call.subject), call.query.get('name') ?? '');
      sendJson(call, 204);
    }),
    on('POST', '([^/]+)/update', (call) => update(engine, call)),
    on('DELETE', '([^/]+)', (call) => {
      containers.remove(containers.get(call.subject), isSet(call.query, 'force'));
      sendJson(call, 204);
    }),
  ];
}
