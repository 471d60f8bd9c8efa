import { systemIds } from '../../adapters/system/ids.ts';
import { readCappedFile } from '../../adapters/system/read-capped-file.ts';
import { visible } from '../playbook/visible.ts';
import { verifyTranscript } from '../run/transcript/verify-transcript.ts';
import { USAGE } from './exit-status.ts';
import { createTerminal } from './terminal.ts';
import { VERSION } from './version.ts';

/** Longer than any transcript: a run has some hundred events. Bytes. */
const LARGEST = 32 * 1024 * 1024;

/** `execfmt transcript --verify FILE`, offline. 0 when it is whole, 1 when it is not, 2 when it is no transcript. */
export async function verifyFile(path: string): Promise<number> {
  const errors = createTerminal(process.stderr);
  const read = await readCappedFile(path, LARGEST, 'the transcript');
  if (read.kind === 'probe-failed') {
    errors.say(`${visible(path)}: ${read.why.message}`);
    return USAGE;
  }
  const found = verifyTranscript(read.value, VERSION, systemIds.sha256);
  switch (found.kind) {
    case 'no-transcript':
      errors.say(`${visible(path)} is no transcript of execfmt.`);
      return USAGE;
    case 'differs':
      errors.say(`${visible(path)} is not whole:\n${found.differences.map((each) => `  ${visible(each)}`).join('\n')}`);
      return 1;
    case 'whole':
      createTerminal(process.stdout).say(
        `${visible(path)} is whole: run ${visible(found.run)}, ${found.events} events.\nchain head ${found.head}\nIt is what was recorded if the chat shows the same head.`,
      );
      return 0;
  }
}
