import { ProbeError, type ProbeFailureCode } from '../../../src/playbook/answer.ts';
import { estateFailure } from '../../../src/ports/estate-failure.ts';
import { isTlsCode } from '../../http/is-tls-code.ts';
import type { StatusDocument } from './documents.ts';
import type { Resource } from './resources.ts';

/** What was asked of the API, in the words of RBAC. */
export interface Asked {
  readonly verb: 'get' | 'list' | 'patch' | 'delete';
  readonly resource: Resource;
  /** Null for all namespaces, and for what has none. */
  readonly namespace: string | null;
  readonly name?: string;
  /** `log` of `pods/log`. */
  readonly below?: string;
}

const WORDS_CAP = 500;

const CODES: Readonly<Record<number, ProbeFailureCode>> = {
  401: 'denied',
  403: 'denied',
  404: 'not-found',
  408: 'timeout',
  409: 'conflict',
  410: 'conflict',
  413: 'too-large',
  429: 'rate-limited',
  501: 'unsupported',
  502: 'unreachable',
  503: 'unreachable',
  504: 'timeout',
};

/** What an answer other than success means, by its status (API conventions, "HTTP status codes"). */
export function failureOfStatus(target: string, status: number, body: StatusDocument | null, asked: Asked): ProbeError {
  return estateFailure(target, CODES[status] ?? 'invalid', sentenceFor(status, wordsOf(body), asked));
}

/** The server's own words, without control characters and shortened. */
function wordsOf(body: StatusDocument | null): string {
  const text = typeof body?.message === 'string' ? body.message : '';
  return text.replace(/\s+/g, ' ').trim().slice(0, WORDS_CAP);
}

function sentenceFor(status: number, words: string, asked: Asked): string {
  const said = words === '' ? '' : `: ${words}`;
  if (status === 401) return 'the API server does not know who asks: the token or certificate is missing or expired';
  if (status === 403) return forbidden(words, asked);
  if (status === 404) return `there is no ${describeObject(asked)}`;
  if (status === 409) return `${describeObject(asked)} was changed by somebody else at the same moment${said}`;
  if (status === 410) return 'the list is no longer to be had from where it was left: ask again';
  if (status === 429) return 'the API server asks to be left alone for a while: try again later';
  if (status === 502 || status === 503) return `the API server does not serve just now (${status})${said}`;
  return status >= 500 ? `the API server failed (${status})${said}` : `the API server answered ${status}${said}`;
}

/** The missing permission by its name, as it would be written into a role. A 403 can also come from admission. */
function forbidden(words: string, asked: Asked): string {
  if (words !== '' && !/\bcannot\b|\bforbidden: User\b/.test(words)) return `the cluster refuses this: ${words}`;
  return `not permitted: give the account the verb "${asked.verb}" on ${describePermission(asked)} (see deploy/kubernetes)`;
}

/** `"replicasets" (apps) in namespace docs`. */
function describePermission({ resource, namespace, below }: Asked): string {
  const name = below === undefined ? resource.plural : `${resource.plural}/${below}`;
  const group = resource.group === '' ? '' : ` (${resource.group})`;
  const where = namespace === null ? (name === 'nodes' ? '' : ' in all namespaces') : ` in namespace ${namespace}`;
  return `"${name}"${group}${where}`;
}

function describeObject({ resource, namespace, name }: Asked): string {
  const what = resource.plural.replace(/s$/, '');
  const where = namespace === null ? '' : ` in namespace ${namespace}`;
  return name === undefined ? `list of ${resource.plural}${where}` : `${what} ${name}${where}`;
}

type Sentence = readonly [ProbeFailureCode, string];

const BY_CODE: Readonly<Record<string, Sentence>> = {
  ECONNREFUSED: ['unreachable', 'nobody listens there: is the API server up, and the address in the kubeconfig right?'],
  ENOTFOUND: ['unreachable', 'the API server’s name does not resolve: check the kubeconfig and the DNS'],
  EAI_AGAIN: ['unreachable', 'the DNS does not answer: try again'],
  EHOSTUNREACH: ['unreachable', 'there is no route to the API server: is a VPN needed?'],
  ENETUNREACH: ['unreachable', 'there is no route to the API server’s network: is a VPN needed?'],
  ETIMEDOUT: ['timeout', 'the API server does not answer: is it up, and the port open?'],
  ECONNRESET: ['unreachable', 'the connection was cut: try again'],
  EPIPE: ['unreachable', 'the connection was cut: try again'],
};

/** What a failed connection means. An error that has no code is a defect and comes back as it is. */
export function translateConnection(target: string, error: unknown): unknown {
  if (error instanceof ProbeError || !(error instanceof Error) || !('code' in error)) return error;
  if (typeof error.code !== 'string') return error;
  const { code } = error;
  const [kind, message] = isTlsCode(code)
    ? ([
        'denied',
        `no trust between here and the API server (${code}): check the certificate authority and the client certificate in the kubeconfig`,
      ] as const)
    : code.startsWith('HPE_')
      ? (['invalid', 'what answers there does not speak HTTPS'] as const)
      : (BY_CODE[code] ?? ['unreachable', `the connection failed (${code})`]);
  return estateFailure(target, kind, message, error);
}
