import { parsePlatform } from '../../../src/image/platform.ts';
import { type Call, filterOf, type Route, sendJson } from './call.ts';
import { imageInspectionOf, imageListingOf } from './describe-image.ts';
import type { Engine } from './engine.ts';
import { EngineError } from './engine-error.ts';
import { HOST_PLATFORM } from './practice-host.ts';
import { pullImage } from './pull-image.ts';
import { formatReference, parseReference, type Reference } from './reference.ts';

/** `fromImage` and `tag` together; the tag may be a digest. */
function wantedOf(query: URLSearchParams): Reference {
  const from = query.get('fromImage');
  if (!from) throw new EngineError(400, 'only pulling an image (fromImage) is possible here');
  const tag = query.get('tag');
  if (!tag) return parseReference(from);
  return parseReference(tag.startsWith('sha256:') ? `${from}@${tag}` : `${from}:${tag}`);
}

async function pull({ images, events, now }: Engine, call: Call): Promise<void> {
  const reference = wantedOf(call.query);
  const asked = call.query.get('platform');
  const platform = asked ? parsePlatform(asked) : HOST_PLATFORM;
  if (!platform) throw new EngineError(400, `"${asked}" is an invalid platform`);
  const { response } = call;
  try {
    for await (const progress of pullImage(images, reference, platform)) {
      if (!response.headersSent) response.writeHead(200, { 'content-type': 'application/json' });
      response.write(`${JSON.stringify(progress)}\r\n`);
    }
  } catch (error) {
    if (!response.headersSent || !(error instanceof EngineError)) throw error;
    const { message } = error;
    response.end(`${JSON.stringify({ errorDetail: { message }, error: message })}\r\n`);
    return;
  }
  const id = formatReference(reference);
  const labels = images.find(id)?.config.config.Labels ?? {};
  events.record({
    type: 'image',
    action: 'pull',
    id,
    attributes: { ...labels, name: reference.repository },
    at: now(),
  });
  response.end();
}

/** `/images/…` of the Docker Engine API v1.41. */
export function imageRoutes(engine: Engine): Route[] {
  const { images } = engine;
  return [
    {
      method: 'GET',
      pattern: /^\/images\/json$/,
      handle: (call) => {
        const patterns = filterOf(call.query, 'reference');
        const listed = images.list().map((image) => imageListingOf(image, patterns));
        sendJson(
          call,
          200,
          listed.filter((entry) => entry !== null),
        );
      },
    },
    { method: 'POST', pattern: /^\/images\/create$/, handle: (call) => pull(engine, call) },
    {
      method: 'GET',
      pattern: /^\/images\/(.+)\/json$/,
      handle: (call) => {
        const image = images.find(call.subject);
        if (!image) {
          const name = formatReference(parseReference(call.subject));
          throw new EngineError(404, `no such image: ${call.subject}: No such image: ${name}`);
        }
        sendJson(call, 200, imageInspectionOf(image));
      },
    },
  ];
}
