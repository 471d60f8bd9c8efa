import { answerTo, type HostileCase, type HostileCases, type Stage } from './hostile-case.ts';

const redirect = (to: (stage: Stage, path: string) => string) => (stage: Stage) => {
  for (const host of [stage.registry, stage.other]) {
    host.intercept = (_request, response, path) => {
      if (!path.includes('/manifests/')) return false;
      response.writeHead(307, { location: to(stage, path) }).end();
      return true;
    };
  }
};
const nothingWasSentElsewhere = ({ other }: Stage) => {
  if (other.seen.some(({ authorization }) => authorization !== null))
    throw new Error('the login was sent to another host');
};
const refused = (does: string, location: string, says: string): HostileCase => ({
  does: `redirects to ${does}`,
  set: redirect(() => location),
  result: { code: 'denied', says },
});

/** Where a registry may try to send us. */
export const redirects: HostileCases = {
  about: 'Redirects',
  cases: [
    {
      does: 'redirects to itself, for ever',
      set: redirect((_stage, path) => path),
      result: { code: 'invalid', says: 'redirected more than 5 times' },
    },
    {
      does: 'redirects to another host, which redirects back, for ever',
      set: redirect(({ registry, other }, path) =>
        path.endsWith('?') ? registry.origin + path.slice(0, -1) : `${other.origin}${path}?`,
      ),
      result: { code: 'invalid', says: 'redirected more than 5 times' },
      check: nothingWasSentElsewhere,
    },
    {
      does: 'redirects to a host that asks for the login',
      set: (stage) => {
        redirect(({ other }) => `${other.origin}/steal/`)(stage);
        stage.other.intercept = (_request, response) => {
          response.writeHead(401, { 'www-authenticate': 'Basic realm="give it to me"' }).end();
          return true;
        };
      },
      result: { code: 'denied', says: '(401)' },
      check: nothingWasSentElsewhere,
    },
    refused('the metadata service of a cloud', 'http://169.254.169.254/latest/meta-data/', 'metadata service'),
    refused('the metadata service, by a decimal number', 'http://2852039166/', 'metadata service'),
    refused('the metadata service, in octal', 'http://0251.0376.0251.0376/', 'metadata service'),
    refused('the metadata service, as an IPv6 address', 'http://[::ffff:a9fe:a9fe]/', 'metadata service'),
    refused('the metadata service, through NAT64', 'http://[64:ff9b::a9fe:a9fe]/', 'metadata service'),
    refused('the metadata service, by its name', 'http://metadata.google.internal/', 'metadata service'),
    refused('a link-local address', 'http://[fe80::1]/', 'metadata service'),
    refused('a file of this machine', 'file:///etc/passwd', 'the scheme file:// is not followed'),
    refused('an address with a login in it', 'http://root:toor@127.0.0.1:1/', 'it names a user'),
    refused('nowhere', 'http://', 'names no address'),
    {
      does: 'redirects without saying where to',
      set: answerTo('/manifests/', (response) => response.writeHead(302).end()),
      result: { code: 'denied', says: 'names no address' },
    },
  ],
};
