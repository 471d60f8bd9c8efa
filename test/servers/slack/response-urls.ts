import type { IncomingMessage, ServerResponse } from 'node:http';
import { checkBlocks } from './check-blocks.ts';
import { readText } from './read-call.ts';
import type { Ephemeral, World } from './world.ts';

const USES = 5;
const LIFE_MS = 30 * 60_000;

interface Entry {
  readonly channel: string;
  readonly user: string;
  readonly bornAt: number;
  /** The message that was pressed in, when one person alone sees it. */
  readonly original: Ephemeral | null;
  uses: number;
}

/** `response_url`s: each may be used five times within 30 minutes (S4). */
export function createResponseUrls(world: World, now: () => number) {
  const entries = new Map<string, Entry>();
  return {
    /** Gives the last part of a new address. */
    issue(channel: string, user: string, original: Ephemeral | null = null): string {
      const id = `${world.team}/${world.serial()}/secret${world.serial()}`;
      entries.set(id, { channel, user, original, bornAt: now(), uses: 0 });
      return id;
    },
    async answer(id: string, req: IncomingMessage, res: ServerResponse): Promise<void> {
      const body = JSON.parse(await readText(req)) as Record<string, unknown>;
      const entry = entries.get(id);
      if (entry === undefined) return void res.writeHead(404).end('no_service');
      if (entry.uses >= USES || now() - entry.bornAt > LIFE_MS) return void res.writeHead(404).end('used_url');
      entry.uses += 1;
      if (body.delete_original === true) {
        if (entry.original === null) return void res.writeHead(400).end('invalid_payload');
        entry.original.gone = true;
        return void res.writeHead(200).end('ok');
      }
      const refused = checkBlocks(body.blocks);
      if (refused !== null) return void res.writeHead(400).end(refused.error);
      const given = (body.blocks ?? []) as Record<string, unknown>[];
      const blocks = given.map((block) => ({ block_id: `b${world.serial()}`, ...block }));
      const { channel, user } = entry;
      world.ephemerals.push({
        channel,
        user,
        thread: null,
        via: 'response_url',
        text: String(body.text ?? ''),
        blocks,
      });
      res.writeHead(200).end('ok');
    },
  };
}
