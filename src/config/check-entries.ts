import { parseDuration } from './duration.ts';
import { entriesOf, listOf, recordOf, textOf } from './loose.ts';
import type { KeyPath, Remark } from './mistake.ts';

/** `127.0.0.1:3000`, `localhost:3000`, `[::1]:3000`: nobody from elsewhere gets there. */
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[(?:0{0,4}:){2,7}0{0,3}1\]):\d+$/i;

type Loose = Readonly<Record<string, unknown>>;

/** What the keys of one entry mean together, which a schema of single keys cannot say. */
export function* checkEntries(file: Loose): Generator<Remark> {
  for (const section of ['hosts', 'clusters', 'ci', 'metrics', 'services', 'approvals']) {
    yield* checkNames(section, file);
  }
  for (const [name, host] of entriesOf(file.hosts)) yield* checkTls(['hosts', name, 'tls'], host);
  for (const [name, registry] of entriesOf(file.registries)) yield* checkRegistry(['registries', name], name, registry);
  for (const [name, server] of entriesOf(file.ci)) {
    yield* exactlyOne(['ci', name], server, ['gitlab', 'github']);
    yield* atMostOne(['ci', name], server, ['tokenEnv', 'tokenFile']);
  }
  for (const [name, source] of entriesOf(file.metrics)) {
    yield* exactlyOne(['metrics', name], source, ['prometheus', 'scrape']);
  }
  for (const [name, service] of entriesOf(file.services)) {
    for (const [index, target] of listOf(service.targets).entries()) {
      yield* checkTarget(['services', name, 'targets', index], recordOf(target));
    }
  }
  for (const [name, policy] of entriesOf(file.approvals)) yield* checkPolicy(['approvals', name], policy);
  yield* checkPage(file);
  yield* checkVerification(recordOf(file.verification));
  const traces = recordOf(recordOf(file.watch).traces);
  yield* atMostOne(['watch', 'traces'], traces, ['headersEnv', 'headersFile']);
}

function* checkNames(section: string, file: Loose): Generator<Remark> {
  for (const [name] of entriesOf(file[section])) {
    if (/^[A-Za-z0-9][^\s\p{Cc}`]{0,252}$/u.test(name)) continue;
    yield {
      path: [section, name],
      at: 'key',
      what: 'a name starts with a letter or digit, has no blanks and at most 253 characters',
    };
  }
}

function* checkTls(path: KeyPath, host: Loose): Generator<Remark> {
  if (host.tls === undefined) return;
  const docker = textOf(host.docker);
  if (docker && !docker.startsWith('tcp://')) {
    yield { path, at: 'key', what: 'is for tcp:// engines only; ssh:// and unix:// need no certificates' };
  }
  const tls = recordOf(host.tls);
  if ((tls.cert === undefined) !== (tls.key === undefined)) {
    yield { path, at: 'key', what: '`cert` and `key` belong together; one of them is missing' };
  }
}

function* checkRegistry(path: KeyPath, name: string, registry: Loose): Generator<Remark> {
  if (!/^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9][A-Za-z0-9._-]*)(?::\d{1,5})?$/.test(name)) {
    yield { path, at: 'key', what: 'is not a registry; write host or host:port, without https:// and without a path' };
  }
  yield* atMostOne(path, registry, ['passwordEnv', 'passwordFile']);
  const hasPassword = registry.passwordEnv !== undefined || registry.passwordFile !== undefined;
  if (registry.username !== undefined && !hasPassword) {
    yield { path, at: 'key', what: 'has a `username` but neither `passwordEnv` nor `passwordFile`' };
  }
  if (registry.username === undefined && hasPassword) {
    yield { path, at: 'key', what: 'has a password but no `username`' };
  }
}

function* checkTarget(path: KeyPath, target: Loose): Generator<Remark> {
  const host = ['host', 'container'];
  const cluster = ['cluster', 'namespace', 'workload'];
  const has = (key: string) => target[key] !== undefined;
  if (host.some(has) && cluster.some(has)) {
    yield { path, at: 'value', what: 'is both on a host and on a cluster; make two targets of it' };
    return;
  }
  const wanted = host.some(has) ? host : cluster.some(has) ? cluster : null;
  if (!wanted) {
    yield { path, at: 'value', what: 'needs `host` and `container`, or `cluster`, `namespace` and `workload`' };
    return;
  }
  for (const key of wanted.filter((name) => !has(name))) {
    yield { path: [...path, key], at: 'value', what: `is missing; a target on a ${wanted[0]} needs it` };
  }
}

function* checkPolicy(path: KeyPath, policy: Loose): Generator<Remark> {
  const approvers = listOf(policy.approvers).filter((approver) => typeof approver === 'string');
  for (const [index, approver] of approvers.entries()) {
    if (approvers.indexOf(approver) < index) {
      yield { path: [...path, 'approvers', index], at: 'value', what: 'is named twice' };
    }
  }
  const people = new Set(approvers).size;
  const onlyPeople = approvers.every((approver) => !/^(?:slack|teams)-group:/.test(approver));
  if (typeof policy.required === 'number' && people > 0 && onlyPeople && policy.required > people) {
    const named = people === 1 ? 'one person is' : `${people} people are`;
    const what = `asks for ${policy.required} approvals, but only ${named} named; it could never be reached`;
    yield { path: [...path, 'required'], at: 'value', what };
  }
}

/** What can be reached from elsewhere needs people who sign in; each of them by a name and a secret of their own. */
function* checkPage(file: Loose): Generator<Remark> {
  const web = recordOf(recordOf(file.chat).web);
  const listen = textOf(web.listen);
  if (listen !== null && !LOOPBACK.test(listen) && web.people === undefined) {
    const what =
      'can be reached from elsewhere, but nobody is named who may sign in; name them under `people`, listen on 127.0.0.1, or write `people: []` when only deliveries of Slack and Teams come in there';
    yield { path: ['chat', 'web', 'listen'], at: 'value', what };
  }
  const names = new Set<string>();
  for (const [index, entry] of listOf(web.people).entries()) {
    const path = ['chat', 'web', 'people', index];
    yield* exactlyOne(path, recordOf(entry), ['tokenEnv', 'tokenFile']);
    const name = textOf(recordOf(entry).name);
    if (name !== null && names.has(name)) yield { path: [...path, 'name'], at: 'value', what: 'is named twice' };
    if (name !== null) names.add(name);
  }
  if (names.size > 0) yield* checkWebApprovers(file, names);
}

/** Who cannot sign in can never approve. */
function* checkWebApprovers(file: Loose, names: ReadonlySet<string>): Generator<Remark> {
  for (const [policy, entry] of entriesOf(file.approvals)) {
    for (const [index, approver] of listOf(entry.approvers).entries()) {
      const name = /^web:(.*)$/.exec(textOf(approver) ?? '')?.[1];
      if (name === undefined || names.has(name)) continue;
      const what = `\`${name}\` is not among \`chat.web.people\`, so this approver could never sign in`;
      yield { path: ['approvals', policy, 'approvers', index], at: 'value', what };
    }
  }
}

function* checkVerification(verification: Loose): Generator<Remark> {
  const stable = parseDuration(textOf(verification.stableFor) ?? '10s');
  const timeout = parseDuration(textOf(verification.timeout) ?? '5m');
  if (stable !== null && timeout !== null && stable >= timeout) {
    const key = verification.stableFor === undefined ? 'timeout' : 'stableFor';
    yield { path: ['verification', key], at: 'value', what: '`stableFor` must be shorter than `timeout`' };
  }
}

function* exactlyOne(path: KeyPath, entry: Loose, keys: readonly string[]): Generator<Remark> {
  const choice = keys.map((key) => `\`${key}\``).join(' or ');
  if (keys.every((key) => entry[key] === undefined)) yield { path, at: 'key', what: `needs ${choice}` };
  yield* atMostOne(path, entry, keys);
}

function* atMostOne(path: KeyPath, entry: Loose, keys: readonly string[]): Generator<Remark> {
  const [first, second] = keys.filter((key) => entry[key] !== undefined);
  if (first !== undefined && second !== undefined) {
    yield { path: [...path, second], at: 'key', what: `cannot stand beside \`${first}\`; keep one of them` };
  }
}
