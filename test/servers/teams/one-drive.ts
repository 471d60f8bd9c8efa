import type { IncomingMessage, ServerResponse } from 'node:http';
import type { createFaults } from './faults.ts';

/** The place in people's OneDrive where files are put (T19): whole files with the range they are, and no token of the bot. */
export function createOneDrive(faults: ReturnType<typeof createFaults>) {
  const files = new Map<string, string>();
  return {
    /** What was put there, by the message that asked. */
    files: files as ReadonlyMap<string, string>,
    async answer(name: string, req: IncomingMessage, res: ServerResponse): Promise<void> {
      const chunks: Buffer[] = [];
      for await (const chunk of req) chunks.push(chunk as Buffer);
      const bytes = Buffer.concat(chunks);
      const range = `bytes 0-${bytes.length - 1}/${bytes.length}`;
      const fault = faults.next('upload');
      if (fault?.kind === 'status') return void res.writeHead(fault.status).end();
      if (fault?.kind === 'cut') return void res.destroy();
      const whole = req.method === 'PUT' && req.headers['content-range'] === range && bytes.length > 0;
      if (!whole || req.headers.authorization !== undefined) return void res.writeHead(400).end();
      files.set(name, bytes.toString());
      res.writeHead(201).end('{}');
    },
  };
}
