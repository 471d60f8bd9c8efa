import { DEFAULT_PATH } from '../../../src/image/default-path.ts';
import type { InstanceFacts, InstanceState, SecurityFacts } from '../../../src/playbook/evidence.ts';
import type { Place } from '../../../src/playbook/place.ts';
import { redactEnvironment } from '../../../src/playbook/redact-environment.ts';
import { type ContainerDocument, type RestartPolicyDocument, timeOrNull } from './documents.ts';
import { managedBy } from './managed-by.ts';
import { mountsOf } from './mounts.ts';

/**
 * Facts out of an inspect document. Of the environment only PATH is read; the rest of it ends here. `noexecVolumes` are the
 * names of those of its volumes that are mounted with noexec.
 */
export function instanceFacts(
  place: Place,
  document: ContainerDocument,
  noexecVolumes: ReadonlySet<string> = new Set(),
): InstanceFacts {
  const config = document.Config ?? {};
  return {
    place,
    id: document.Id,
    createdAt: timeOrNull(document.Created) ?? '',
    state: instanceState(document),
    imageReference: config.Image ?? '',
    imageId: document.Image,
    argv: commandOf(document),
    path: pathOf(config.Env),
    workingDir: config.WorkingDir || '/',
    user: config.User ?? '',
    mounts: mountsOf(document, noexecVolumes),
    init: document.HostConfig?.Init === true,
    security: securityOf(document),
    restartPolicy: formatRestartPolicy(document.HostConfig?.RestartPolicy),
    managedBy: managedBy(config.Labels),
  };
}

/** The longest name of a profile that is shown; a whole seccomp profile may stand in its place. */
const LONGEST_PROFILE = 64;

/** Of `seccomp=profile.json` the file, of a profile that is written out just that it is one. */
function profileOf(options: readonly string[], name: string): string | null {
  const option = options.find((each) => each.startsWith(`${name}=`) || each.startsWith(`${name}:`));
  const value = option?.slice(name.length + 1) ?? '';
  if (value === '' || value === 'unconfined' || value === 'disable' || value === 'builtin') return null;
  return value.startsWith('{') || value.length > LONGEST_PROFILE ? 'a profile of its own' : value;
}

function securityOf({ HostConfig, AppArmorProfile }: ContainerDocument): SecurityFacts {
  const options = HostConfig?.SecurityOpt ?? [];
  const running = AppArmorProfile && AppArmorProfile !== 'unconfined' && AppArmorProfile !== 'docker-default';
  return {
    seccomp: profileOf(options, 'seccomp'),
    apparmor: profileOf(options, 'apparmor') ?? (running ? AppArmorProfile.slice(0, LONGEST_PROFILE) : null),
    selinux: profileOf(options, 'label'),
  };
}

/** The process of a container as the engine tells it. */
export function instanceState(document: ContainerDocument): InstanceState {
  const state = document.State ?? {};
  const startedAt = timeOrNull(state.StartedAt);
  const health = state.Health?.Status;
  return {
    status: state.Status ?? 'unknown',
    // A container that never started or is running has no exit status, although the engine writes 0.
    exitCode: hasExitCode(document) ? (state.ExitCode ?? null) : null,
    error: redactEnvironment(document.Config?.Env, commandOf(document))(state.Error ?? ''),
    oomKilled: state.OOMKilled ?? false,
    restartCount: document.RestartCount ?? 0,
    startedAt,
    finishedAt: timeOrNull(state.FinishedAt),
    health: health === undefined || health === 'none' || health === '' ? null : health,
  };
}

/** Entrypoint and command as they are executed; empty when the engine does not say. */
export function commandOf({ Path, Args }: ContainerDocument): readonly string[] {
  return Path ? [Path, ...(Args ?? [])] : [];
}

function hasExitCode(document: ContainerDocument): boolean {
  const state = document.State ?? {};
  if (state.Running && !state.Restarting) return false;
  return timeOrNull(state.FinishedAt) !== null || (state.ExitCode ?? 0) !== 0;
}

/** The last PATH counts, as for the process. A PATH that is set to nothing stays nothing. */
function pathOf(env: readonly string[] | null | undefined): string {
  const entry = env?.findLast((line) => line.startsWith('PATH='));
  return entry === undefined ? DEFAULT_PATH : entry.slice('PATH='.length);
}

/** `no`, `always`, `unless-stopped`, `on-failure`, `on-failure:5`: as `docker run --restart` takes it. */
export function formatRestartPolicy(policy: RestartPolicyDocument | undefined): string {
  const name = policy?.Name || 'no';
  const retries = policy?.MaximumRetryCount ?? 0;
  return name === 'on-failure' && retries > 0 ? `${name}:${retries}` : name;
}
