import type Docker from 'dockerode';

/** Thrown where a process would have died. No ProbeError: nothing of the program may take it for an answer. */
export class Crash extends Error {}

/**
 * Another client of the same engine whose process dies, as with kill -9, when its n-th changing call was carried out and
 * before it hears of that. The engine cannot tell this from a death before the next call.
 */
export function crashingClient(client: Docker, after: number): Docker {
  return meddledClient(client, after, 'dies', () => Promise.resolve());
}

/**
 * Another client of the same engine: when its n-th changing call was carried out, and before it hears of that, somebody else does
 * something. Then its process dies, or goes on.
 */
export function meddledClient(
  client: Docker,
  after: number,
  fate: 'dies' | 'lives',
  meddle: () => Promise<unknown>,
): Docker {
  let calls = 0;
  let dead = false;
  const modem: Docker['modem'] = Object.create(client.modem);
  modem.dial = (options, callback) => {
    if (dead) return callback?.(new Crash(), null);
    if (options.method === 'GET') return client.modem.dial(options, callback);
    calls += 1;
    if (calls !== after) return client.modem.dial(options, callback);
    dead = fate === 'dies';
    client.modem.dial(options, (error, answer) => {
      const stream = answer as NodeJS.ReadableStream | null;
      const goOn = () => (dead ? callback?.(new Crash(), null) : callback?.(error, answer));
      if (!stream) return goOn();
      if (!dead) return void meddle().then(goOn, (broken: Error) => callback?.(broken, null));
      stream.on('end', () => void meddle().then(goOn, (broken: Error) => callback?.(broken, null))).resume();
    });
  };
  return Object.assign(Object.create(client) as Docker, { modem });
}
