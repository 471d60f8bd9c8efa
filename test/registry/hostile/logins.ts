import type { ServerResponse } from 'node:http';
import { flood, type HostileCase, type HostileCases, type Stage } from './hostile-case.ts';

/** Wants a token from a realm for everything. */
const demand = (realm: (stage: Stage) => string, give?: (response: ServerResponse) => void) => (stage: Stage) => {
  const challenge = `Bearer realm="${realm(stage)}",service="x",scope="repository:other:push,pull"`;
  stage.registry.intercept = (_request, response, path) => {
    if (path.startsWith('/token') && give) give(response);
    else response.writeHead(401, { 'www-authenticate': challenge }).end();
    return true;
  };
};
const own = ({ registry }: Stage) => `${registry.origin}/token`;
const elsewhere = (does: string, realm: string, says: string): HostileCase => ({
  does: `sends us for a token to ${does}`,
  set: demand(() => realm),
  result: { code: 'denied', says },
});
const gives = (does: string, give: (response: ServerResponse) => void, result: HostileCase['result']): HostileCase => ({
  does: `has a token service that ${does}`,
  set: demand(own, give),
  result,
});
const challenged = (does: string, challenge: string, says = '(401)'): HostileCase => ({
  does,
  set: ({ registry }) => {
    registry.intercept = (_request, response) => {
      response.writeHead(401, { 'www-authenticate': challenge }).end();
      return true;
    };
  },
  result: { code: 'denied', says },
});

/** What a registry may ask us for. */
export const logins: HostileCases = {
  about: 'Logins',
  cases: [
    elsewhere('another host without encryption', 'http://198.51.100.7/token', 'unencrypted http on another host'),
    elsewhere('the metadata service of a cloud', 'https://169.254.169.254/token', 'metadata service'),
    elsewhere('the metadata service, as an IPv6 address', 'https://[::ffff:169.254.169.254]/token', 'metadata service'),
    elsewhere('a file of this machine', 'file:///etc/passwd', 'the scheme file:// is not followed'),
    elsewhere('an address with a login in it', 'https://a:b@corp.example/token', 'it names a user'),
    elsewhere('nowhere', '', 'it is no URL'),
    gives('sends a token without end', (response) => flood(response, '{"token":"'), {
      code: 'too-large',
      says: 'larger than 262144 bytes',
    }),
    gives('gives a token with line breaks in it', (response) => response.end('{"token":"a\\r\\nx-evil: 1"}'), {
      code: 'invalid',
      says: 'answered without a token',
    }),
    gives('gives no token', (response) => response.end('{}'), { code: 'invalid', says: 'answered without a token' }),
    gives('redirects', (response) => response.writeHead(302, { location: 'http://169.254.169.254/' }).end(), {
      code: 'invalid',
      says: 'answered 302',
    }),
    gives('never answers', () => {}, { code: 'timeout', says: 'a token to read x' }),
    gives('gives a token that is never taken', (response) => response.end('{"token":"t"}'), {
      code: 'denied',
      says: 'Check the login',
    }),
    challenged('never takes the login', 'Basic realm="x"'),
    challenged('wants a login of a kind that we do not have', 'Negotiate YWJj=='),
    challenged('sends a challenge that never ends', `Bearer realm="${'\\'.repeat(50_000)}`, 'it is no URL'),
    challenged('sends a challenge of thousands of schemes', 'Digest, '.repeat(6000)),
  ],
};
