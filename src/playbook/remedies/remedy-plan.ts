import type { FaultCode } from '../../kernel/outcome.ts';
import type { OriginCode, RemedyKind } from '../verdict.ts';

/**
 * What helps against a fault, in the playbook's order: the clean fix first, then what helps in an emergency; emulation last.
 * `tempting` are ways that people take and that would not help: they are said plainly to be useless.
 */
export interface RemedyPlan {
  readonly helps: readonly RemedyKind[];
  readonly tempting: readonly RemedyKind[];
}

const NONE: RemedyPlan = { helps: [], tempting: [] };
/** The image is for another platform. */
const PLATFORM: RemedyPlan = {
  helps: ['rebuild', 'rollback-to-digest', 'pull-platform', 'schedule-to-arch', 'enable-emulation'],
  tempting: ['repull'],
};
/** The image is for the host, and one of its files is not. */
const CONTENTS: RemedyPlan = {
  helps: ['rebuild', 'rollback-to-digest', 'enable-emulation'],
  tempting: ['pull-platform', 'repull'],
};
/** A file in the image is wrong, whatever the architecture. */
const FILE: RemedyPlan = { helps: ['fix-file', 'rollback-to-digest'], tempting: ['rebuild', 'pull-platform'] };
/** The image is innocent: no other digest changes anything. */
const OUTSIDE: RemedyPlan = { helps: ['fix-file'], tempting: ['rollback-to-digest', 'rebuild'] };

const PLANS: Readonly<Record<FaultCode, RemedyPlan>> = {
  none: NONE,
  'not-exec-format': NONE,
  'wrong-platform-image': PLATFORM,
  'platform-missing-from-index': { ...PLATFORM, tempting: ['pull-platform', 'repull'] },
  'os-mismatch': { helps: ['rebuild', 'rollback-to-digest', 'schedule-to-arch'], tempting: ['enable-emulation'] },
  'wrong-arch-binary': CONTENTS,
  'interpreter-wrong-arch': CONTENTS,
  'loader-wrong-arch': CONTENTS,
  'wrong-metadata': { helps: ['fix-file'], tempting: ['rollback-to-digest', 'pull-platform'] },
  'cpu-level': { helps: ['schedule-to-arch', 'fix-file'], tempting: ['rollback-to-digest', 'pull-platform'] },
  'page-size': { helps: ['schedule-to-arch', 'fix-file'], tempting: ['rollback-to-digest', 'pull-platform'] },
  'script-crlf': FILE,
  'script-no-shebang': FILE,
  'script-too-nested': FILE,
  'interpreter-missing': FILE,
  'loader-missing': FILE,
  'library-missing': FILE,
  'symbol-version-missing': FILE,
  'empty-file': FILE,
  'truncated-binary': FILE,
  'foreign-format': FILE,
  'not-executable': FILE,
  'entrypoint-not-found': FILE,
  'entrypoint-is-directory': FILE,
  'noexec-mount': OUTSIDE,
  'shadowed-by-mount': OUTSIDE,
  'emulation-missing': { helps: ['enable-emulation', 'rebuild'], tempting: ['rollback-to-digest'] },
  'emulation-broken': { helps: ['rebuild', 'enable-emulation'], tempting: ['rollback-to-digest'] },
  'node-corruption': { helps: ['repull', 'replace-node'], tempting: ['rollback-to-digest', 'rebuild'] },
  'security-policy': { helps: ['fix-file'], tempting: ['rollback-to-digest', 'rebuild'] },
};

/** Origins for which what is published is right, with what brings it to the host; no new build changes anything. */
const PUBLISHED_IS_RIGHT: Partial<Record<OriginCode, RemedyKind>> = {
  'stale-local-image': 'repull',
  'mirror-dropped-platforms': 'repull',
  'platform-forced': 'pull-platform',
};
const NO_NEW_BUILD: readonly RemedyKind[] = ['rebuild', 'fix-file'];

/** The plan once it is known how the fault came about. */
export function planForOrigin(plan: RemedyPlan, origin: OriginCode): RemedyPlan {
  const first = PUBLISHED_IS_RIGHT[origin];
  if (!first) return plan;
  const others = plan.helps.filter((kind) => kind !== first && !NO_NEW_BUILD.includes(kind));
  const builds = plan.helps.filter((kind) => NO_NEW_BUILD.includes(kind));
  return { helps: [first, ...others], tempting: [...builds, ...plan.tempting.filter((kind) => kind !== first)] };
}

/** What is known to help against a fault, and what is not. */
export function planFor(fault: FaultCode): RemedyPlan {
  return PLANS[fault];
}
