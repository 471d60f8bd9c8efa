import { describe, manifestOf, stored } from '../../servers/registry/build-image.ts';
import { answerTo, flood, type HostileCases, type Stage } from './hostile-case.ts';
import { atMost } from './manifests.ts';

const config = (stage: Stage) => stage.image.blobs[0]!;
const tags = (stage: Stage) => stage.source.tags(`${stage.registry.host}/x`, stage.signal);
let page = 0;

/** What hangs on a manifest, and the list of tags. */
export const configurations: HostileCases = {
  about: 'Configurations and tags',
  cases: [
    {
      does: 'lacks the configuration',
      set: answerTo('/blobs/', (response) => response.writeHead(404).end()),
      result: { code: 'not-found', says: 'the configuration sha256:' },
    },
    {
      does: 'sends a configuration without end',
      set: answerTo('/blobs/', (response) => flood(response, ' ')),
      result: { code: 'too-large', says: 'larger than 8388608 bytes' },
    },
    {
      does: 'sends another configuration of the same length',
      set: (stage) =>
        answerTo('/blobs/', (response) => response.end(Buffer.alloc(config(stage).bytes.length, 0x20)))(stage),
      result: { code: 'invalid', says: 'other bytes than its digest' },
    },
    {
      does: 'cuts the configuration off without a sign of it',
      set: (stage) => answerTo('/blobs/', (response) => response.end(config(stage).bytes.subarray(1)))(stage),
      result: { code: 'invalid', says: 'cut off or altered' },
    },
    {
      does: 'states a size that the configuration does not have',
      set: (stage) =>
        stage.registry.putManifest(
          'x',
          manifestOf({ config: { ...describe(config(stage)), size: 7 }, layers: [] }),
          'v1',
        ),
      result: { code: 'invalid', says: 'and 7 are stated' },
    },
    {
      does: 'has a configuration that is no object',
      set: ({ registry }) => {
        const odd = stored(Buffer.from('[1]'), 'application/vnd.oci.image.config.v1+json');
        registry.putBlob(odd);
        registry.putManifest('x', manifestOf({ config: describe(odd), layers: [] }), 'v1');
      },
      result: { code: 'invalid', says: 'is no JSON object' },
    },
    {
      does: 'has a configuration of lists within lists, a million deep',
      set: ({ registry }) => {
        const text = `{"config":${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}}`;
        const deep = stored(Buffer.from(text), 'application/vnd.oci.image.config.v1+json');
        registry.putBlob(deep);
        registry.putManifest('x', manifestOf({ config: describe(deep), layers: [] }), 'v1');
      },
      result: {
        known: 'everything it does not state is unknown',
        holds: (value) => JSON.stringify(value).includes('"unknown"'),
      },
    },
    {
      does: 'has a history of nothing but spaces, megabytes of it',
      set: ({ registry }) => {
        const history = Array.from({ length: 100 }, () => ({ created_by: `COPY${' '.repeat(70_000)}x` }));
        const odd = stored(
          Buffer.from(JSON.stringify({ os: 'linux', architecture: 'amd64', history })),
          'application/json',
        );
        registry.putBlob(odd);
        const as = 'application/vnd.oci.image.config.v1+json';
        registry.putManifest('x', manifestOf({ config: { ...describe(odd), mediaType: as }, layers: [] }), 'v1');
      },
      result: { known: 'it is read, quickly', holds: (value) => JSON.stringify(value).includes('"amd64"') },
    },
    {
      does: 'links to the next tags by a header of nothing but brackets',
      set: answerTo('/tags/', (response) => {
        response.setHeader('link', '<'.repeat(60_000));
        response.end('{"tags":["a"]}');
      }),
      ask: tags,
      result: { known: 'there are no next ones', holds: (value) => JSON.stringify(value) === '["a"]' },
    },
    {
      does: 'lists tags without end',
      set: answerTo('/tags/', (response) => {
        page += 1;
        response.setHeader('link', `</v2/x/tags/list?last=${page}>; rel="next"`);
        response.end(JSON.stringify({ tags: Array.from({ length: 100 }, (_, at) => `t${page}-${at}`) }));
      }),
      ask: tags,
      result: { known: 'the first 1,000 are taken', holds: (value) => Array.isArray(value) && value.length === 1000 },
      check: ({ registry }) => atMost(registry.seen.length, 12),
    },
    {
      does: 'lists tags that cannot be any',
      set: answerTo('/tags/', (response) =>
        response.end(JSON.stringify({ tags: ['v1', 'x'.repeat(1_000_000), '../../x', '', 7] })),
      ),
      ask: tags,
      result: { known: 'they are left out', holds: (value) => JSON.stringify(value) === '["v1"]' },
    },
    {
      does: 'lists its tags one a page, for ever, and slowly',
      set: answerTo('/tags/', (response) => {
        response.setHeader('link', '</v2/x/tags/list?last=a>; rel="next"');
        setTimeout(() => response.end('{"tags":["a"]}'), 50);
      }),
      ask: tags,
      result: { code: 'timeout', says: 'did not come in the time' },
    },
    {
      does: 'sends us to another host for the next tags',
      set: (stage) => {
        let pages = 0;
        answerTo('/tags/', (response) => {
          if (pages++ === 0) response.setHeader('link', `<${stage.other.origin}/v2/x/tags/list?last=a>; rel="next"`);
          response.end('{"tags":["a"]}');
        })(stage);
      },
      ask: tags,
      result: {
        known: 'the registry itself is asked on',
        holds: (value) => Array.isArray(value) && value.length === 2,
      },
      check: ({ other }) => atMost(other.seen.length, 0),
    },
    {
      does: 'sends a page for people in place of the tags',
      set: answerTo('/tags/', (response) => response.end('<html>')),
      ask: tags,
      result: { code: 'invalid', says: 'something else than a JSON object' },
    },
  ],
};
