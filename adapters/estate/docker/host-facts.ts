import { architectureOf } from '../../../src/image/platform.ts';
import { ProbeError } from '../../../src/playbook/answer.ts';
import type { HostFacts } from '../../../src/playbook/evidence.ts';
import { estateFailure } from '../../../src/ports/estate-failure.ts';
import type { InfoDocument, VersionDocument } from './documents.ts';
import type { Engine } from './engine.ts';
import { readContainer } from './read-container.ts';

/** What the engine says of its machine, and of the runtime that starts this container. Rejects with ProbeError. */
export async function readHostFacts(engine: Engine, container: string, signal: AbortSignal): Promise<HostFacts> {
  const [info, version, runtime] = await Promise.all([
    engine.json<InfoDocument>({ method: 'GET', path: '/info' }, signal),
    engine.json<VersionDocument>({ method: 'GET', path: '/version' }, signal),
    ownRuntime(engine, container, signal),
  ]);
  return hostFacts(engine.target, info, version, runtime);
}

/** The runtime of the container itself; null when it cannot be asked: the engine's default is told then. */
async function ownRuntime(engine: Engine, container: string, signal: AbortSignal): Promise<string | null> {
  try {
    return (await readContainer(engine, container, signal)).HostConfig?.Runtime || null;
  } catch (error) {
    if (error instanceof ProbeError) return null;
    throw error;
  }
}

/** Facts out of /info and /version. What the engine does not tell (page size, binfmt handlers …) stays unknown. */
export function hostFacts(
  target: string,
  info: InfoDocument,
  version: VersionDocument,
  runtime: string | null,
): HostFacts {
  const machine = info.Architecture || version.Arch;
  const os = info.OSType || version.Os;
  if (!machine || !os) {
    const message = 'the engine does not say on which platform it runs: look at docker info on the host';
    throw estateFailure(target, 'invalid', message);
  }
  const { architecture, variant } = architectureOf(machine);
  const kernelVersion = info.KernelVersion || version.KernelVersion || '';
  return {
    machine,
    platform: { os, architecture, variant },
    kernelVersion,
    operatingSystem: info.OperatingSystem ?? '',
    engine: `${engineName(version)} ${info.ServerVersion || version.Version || ''}`.trim(),
    runtime: runtime ?? info.DefaultRuntime ?? '',
    kernel: {
      os,
      arch: architecture,
      variant,
      pageSize: null,
      compat32: null,
      kernel: /^\d+\.\d+/.exec(kernelVersion)?.[0] ?? null,
      binfmt: null,
      mmapMinAddr: null,
      vaBits: null,
    },
  };
}

/** Podman answers in Docker's place and names itself among its components. */
function engineName(version: VersionDocument): string {
  return version.Components?.some((component) => component.Name === 'Podman Engine') ? 'Podman' : 'Docker';
}
