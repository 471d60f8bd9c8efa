import { problem } from '../../src/playbook/answer.ts';
import { loginOf } from './basic-header.ts';
import { classifyError } from './classify-error.ts';
import { createAgent } from './create-agent.ts';
import { readCapped } from './read-capped.ts';
import type { Agent } from './undici.ts';

/** A page to be read. A login may stand in its address. */
export interface PageRequest {
  readonly url: URL;
  readonly accept: string;
  /** What of the configuration it belongs to, for failures. */
  readonly target: string;
  readonly signal: AbortSignal;
  /** Bytes. */
  readonly cap: number;
}

/** Made with the first request: undici takes its time to load. */
let agent: Agent | null = null;

/** One GET, whatever its status; no redirect is followed. `text` is null when there is more than the cap. Rejects with ProbeError. */
export async function getPage(request: PageRequest): Promise<{ status: number; text: string | null }> {
  const { url, accept, target, signal, cap } = request;
  agent ??= createAgent({ caPem: null, reach: null }, {});
  const { origin, pathname, search } = url;
  const headers = { accept, 'user-agent': 'execfmt', ...loginOf(url) };
  try {
    const reply = await agent.request({ origin, path: `${pathname}${search}`, method: 'GET', headers, signal });
    const { bytes, whole } = await readCapped(reply.body, cap);
    return { status: reply.statusCode, text: whole ? bytes.toString('utf8') : null };
  } catch (error) {
    const known = classifyError(error, signal);
    if (known === null) throw error;
    const { trouble, code } = known;
    const { host } = url;
    if (trouble === 'aborted' || trouble === 'timeout')
      throw problem('timeout', target, `${host} did not answer in time. See whether it is up.`, error);
    const message = `${host} could not be reached (${code}). See whether it is up and the address is right.`;
    throw problem('unreachable', target, message, error);
  }
}
