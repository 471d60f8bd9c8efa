/** How long a `trigger_id` may be used, milliseconds (S3). */
const LIFE_MS = 3000;

/** `trigger_id`s: each opens one view, within 3 s. */
export function createTriggers(now: () => number, serial: () => number) {
  const triggers = new Map<string, { readonly user: string; readonly bornAt: number; used: boolean }>();
  return {
    issue(user: string): string {
      const id = `${serial()}.${serial()}.trigger`;
      triggers.set(id, { user, bornAt: now(), used: false });
      return id;
    },
    /** Gives who pressed, or why it opens nothing. */
    spend(id: string): { readonly user: string } | { readonly error: string } {
      const trigger = triggers.get(id);
      if (trigger === undefined) return { error: 'invalid_trigger_id' };
      if (trigger.used) return { error: 'exchanged_trigger_id' };
      if (now() - trigger.bornAt > LIFE_MS) return { error: 'expired_trigger_id' };
      trigger.used = true;
      return { user: trigger.user };
    },
  };
}
