import type { IncomingMessage, ServerResponse } from 'node:http';
import { type LoopbackServer, listenOnLoopback } from '../listen-on-loopback.ts';
import { type Route, sendJson } from './call.ts';
import { containerRoutes } from './container-routes.ts';
import type { Engine } from './engine.ts';
import { EngineError } from './engine-error.ts';
import { imageRoutes } from './image-routes.ts';
import { API_VERSION } from './practice-host.ts';
import { systemRoutes } from './system-routes.ts';

const numberOf = (version: string) => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major * 1000 + minor;
};

/** The path without `/v1.41`; throws when that version is not spoken here. */
function withoutVersion(path: string): string {
  const [, version, rest] = /^\/v(\d+\.\d+)(\/.*)$/.exec(path) ?? [];
  if (version === undefined || rest === undefined) return path;
  if (numberOf(version) > numberOf(API_VERSION.newest)) {
    throw new EngineError(
      400,
      `client version ${version} is too new. Maximum supported API version is ${API_VERSION.newest}`,
    );
  }
  if (numberOf(version) < numberOf(API_VERSION.oldest)) {
    throw new EngineError(
      400,
      `client version ${version} is too old. Minimum supported API version is ${API_VERSION.oldest}, please upgrade your client to a newer version`,
    );
  }
  return rest;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new EngineError(400, 'the address is not well formed');
  }
}

async function dispatch(routes: readonly Route[], request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://engine');
  const call = { request, response, query: url.searchParams, subject: '' };
  response.setHeader('api-version', API_VERSION.newest);
  response.setHeader('docker-experimental', 'false');
  response.setHeader('ostype', 'linux');
  response.setHeader('server', 'Docker/20.10.24 (linux)');
  try {
    const path = withoutVersion(url.pathname);
    for (const { method, pattern, handle } of routes) {
      const match = method === request.method ? pattern.exec(path) : null;
      if (match) return await handle({ ...call, subject: decoded(match[1] ?? '') });
    }
    throw new EngineError(404, 'page not found');
  } catch (error) {
    const refusal = error instanceof EngineError ? error : new EngineError(500, 'the practice engine is at fault');
    if (response.headersSent) response.destroy();
    else sendJson(call, refusal.status, { message: refusal.message });
  }
}

/** Serves an engine on 127.0.0.1 as the Docker Engine API, versioned and unversioned. */
export function serveEngine(engine: Engine, port?: number): Promise<LoopbackServer> {
  const routes = [...systemRoutes(engine), ...containerRoutes(engine), ...imageRoutes(engine)];
  return listenOnLoopback((request, response) => void dispatch(routes, request, response), port);
}
