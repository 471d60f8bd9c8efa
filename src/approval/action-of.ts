import type { Remedy } from '../playbook/verdict.ts';
import type { ActionPlan } from './plan.ts';

/** What can be carried out of a remedy from here; null when it is advice for people. */
export function actionOf(remedy: Remedy): ActionPlan['kind'] | null {
  const { kind, fit, digest, image, platform, nodeSelector, where } = remedy;
  if (fit === 'useless' || where === undefined) return null;
  const hasDigest = digest !== undefined && image !== undefined && platform !== undefined;
  if (kind === 'rebuild') return hasDigest ? 'deploy-digest' : platform === undefined ? null : 'rebuild';
  if (kind === 'rollback-to-digest') return hasDigest ? kind : null;
  if (kind === 'pull-platform' || kind === 'repull') return hasDigest && where.kind === 'docker' ? kind : null;
  return kind === 'schedule-to-arch' && hasDigest && nodeSelector !== undefined ? kind : null;
}
