import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { BuiltImage, Stored } from './build-image.ts';

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | null;
  readonly range: string | null;
}

/** Handles a request in place of the registry; false leaves it to the registry. */
export type Intercept = (request: IncomingMessage, response: ServerResponse, path: string) => boolean;

export interface TestRegistry {
  /** `127.0.0.1:port` */
  readonly host: string;
  readonly origin: string;
  readonly seen: SeenRequest[];
  /** Stores an image, with tags for its manifest. */
  push(repository: string, image: BuiltImage, ...tags: string[]): void;
  putManifest(repository: string, manifest: Stored, ...tags: string[]): void;
  putBlob(blob: Stored): void;
  intercept: Intercept;
  /** Over all connections, with what lies in buffers. */
  bytesSent(): number;
  stop(): Promise<void>;
}

export interface TestRegistryOptions {
  readonly auth?: 'none' | 'basic' | 'token';
  readonly username?: string;
  readonly password?: string;
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Of the challenge; else this server's own /token. */
  readonly realm?: string;
}

/** A registry in memory that speaks the distribution API on a free port of 127.0.0.1. */
export async function startRegistry(options: TestRegistryOptions = {}): Promise<TestRegistry> {
  const content = {
    manifests: new Map<string, Stored>(),
    blobs: new Map<string, Stored>(),
    tags: new Map<string, string[]>(),
  };
  const seen: SeenRequest[] = [];
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const path = request.url ?? '/';
    const { authorization = null, range = null } = request.headers;
    seen.push({ method: request.method ?? '', path, authorization, range });
    if (registry.intercept(request, response, path)) return;
    if (path.startsWith('/token')) giveToken(request, response, options);
    else if (!isAllowed(request, path, options)) challenge(response, registry.origin, options);
    else serve(request, path, response, content);
  };
  const server = options.tls ? createTlsServer(options.tls, handle) : createServer(handle);
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const registry: TestRegistry = {
    host,
    origin: `${options.tls ? 'https' : 'http'}://${host}`,
    seen,
    intercept: () => false,
    bytesSent: () => [...sockets].reduce((sum, socket) => sum + socket.bytesWritten, 0),
    push: (repository, image, ...tags) => {
      for (const blob of image.blobs) registry.putBlob(blob);
      registry.putManifest(repository, image.manifest, ...tags);
    },
    putManifest: (repository, manifest, ...tags) => {
      for (const name of [manifest.digest, ...tags]) content.manifests.set(`${repository}/${name}`, manifest);
      content.tags.set(repository, [...(content.tags.get(repository) ?? []), ...tags]);
    },
    putBlob: (blob) => {
      content.blobs.set(blob.digest, blob);
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return registry;
}

const basic = ({ username = '', password = '' }: TestRegistryOptions) =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
const tokenFor = (repository: string) => `token-for-${repository}`;

function isAllowed(request: IncomingMessage, path: string, options: TestRegistryOptions): boolean {
  const { authorization } = request.headers;
  if (options.auth === 'basic') return authorization === basic(options);
  const repository = /^\/v2\/(.+)\/(?:manifests|blobs|tags)\//.exec(path)?.[1] ?? '';
  return options.auth !== 'token' || authorization === `Bearer ${tokenFor(repository)}`;
}

function challenge(response: ServerResponse, origin: string, options: TestRegistryOptions): void {
  const bearer = `Bearer realm="${options.realm ?? `${origin}/token`}",service="test, registry",scope="repository:other:pull,push"`;
  response.setHeader('www-authenticate', options.auth === 'basic' ? 'Basic realm="a \\"quoted\\" one"' : bearer);
  fail(response, 401, 'UNAUTHORIZED');
}

/** Anonymous tokens are given when no password is set; the scope must be exactly one repository's pull, or absent to log in only. */
function giveToken(request: IncomingMessage, response: ServerResponse, options: TestRegistryOptions): void {
  const query = new URL(request.url ?? '/', 'http://x').searchParams;
  const scope = query.get('scope');
  const repository = scope === null ? '' : /^repository:([^:,]+):pull$/.exec(scope)?.[1];
  const mayHave = options.password === undefined || request.headers.authorization === basic(options);
  if (!mayHave || repository === undefined || query.get('service') !== 'test, registry') {
    fail(response, 401, 'UNAUTHORIZED');
    return;
  }
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ token: tokenFor(repository), expires_in: 300 }));
}

function serve(
  request: IncomingMessage,
  path: string,
  response: ServerResponse,
  content: { manifests: Map<string, Stored>; blobs: Map<string, Stored>; tags: Map<string, string[]> },
): void {
  if (path === '/v2/') return void response.setHeader('content-type', 'application/json').end('{}');
  const [, repository = '', kind = '', name = ''] = /^\/v2\/(.+)\/(manifests|blobs|tags)\/([^?]+)/.exec(path) ?? [];
  if (kind === 'tags') {
    serveTags(path, repository, response, content.tags.get(repository));
    return;
  }
  const found = kind === 'blobs' ? content.blobs.get(name) : content.manifests.get(`${repository}/${name}`);
  if (!found) {
    fail(response, 404, kind === 'blobs' ? 'BLOB_UNKNOWN' : 'MANIFEST_UNKNOWN');
    return;
  }
  response.setHeader('content-type', found.mediaType);
  response.setHeader('docker-content-digest', found.digest);
  serveBytes(request, response, found.bytes);
}

/** Single ranges, as storages serve them. */
function serveBytes({ headers }: IncomingMessage, response: ServerResponse, bytes: Buffer): void {
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? [];
  if (first === undefined) {
    response.setHeader('content-length', bytes.length);
    response.end(bytes);
    return;
  }
  const [from, to] = [Number(first), Math.min(Number(last), bytes.length - 1)];
  const beyond = from >= bytes.length;
  response.writeHead(beyond ? 416 : 206, {
    'content-range': beyond ? `bytes */${bytes.length}` : `bytes ${from}-${to}/${bytes.length}`,
  });
  response.end(beyond ? '' : bytes.subarray(from, to + 1));
}

/** Two tags a page, whatever was asked for, as registries may do. */
function serveTags(path: string, repository: string, response: ServerResponse, tags: string[] | undefined): void {
  if (!tags) {
    fail(response, 404, 'NAME_UNKNOWN');
    return;
  }
  const last = new URL(path, 'http://x').searchParams.get('last');
  const start = last === null ? 0 : tags.indexOf(last) + 1;
  const page = tags.slice(start, start + 2);
  if (start + 2 < tags.length)
    response.setHeader('link', `</v2/${repository}/tags/list?last=${page.at(-1)}&n=2>; rel="next"`);
  response.end(JSON.stringify({ name: repository, tags: page }));
}

export function fail(response: ServerResponse, status: number, code: string): void {
  response.statusCode = status;
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ errors: [{ code, message: 'no' }] }));
}
