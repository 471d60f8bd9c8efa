import { createHash } from 'node:crypto';
import { type FSWatcher, watch } from 'node:fs';
import { dirname } from 'node:path';
import { readCappedFile } from './read-capped-file.ts';

/** How often the files are looked at although nobody told of a change: file systems over a network tell nothing. Milliseconds. */
const LOOK_EVERY_MS = 5_000;
/** A file that is being written is left until it has stayed the same for so long. Milliseconds. */
const SETTLED_MS = 300;
const LARGEST_BYTES = 4_000_000;

/** Files that are watched by their content. */
export interface WatchedFiles {
  /** Watches these from now on; what they hold now is no change. */
  follow(files: readonly string[]): Promise<void>;
  stop(): void;
}

/**
 * Calls back when the content of a file has changed and stays so: also when a folder's symbolic link is swapped, as Kubernetes does it
 * for mounted ConfigMaps and Secrets (`..data`), and when an editor puts a new file in the old one's place.
 */
export function watchFiles(changed: () => void): WatchedFiles {
  let files: readonly string[] = [];
  let seen = '';
  let watchers: readonly FSWatcher[] = [];
  let looking = false;
  let soon: NodeJS.Timeout | null = null;

  const look = async () => {
    if (looking) return;
    looking = true;
    try {
      const now = await printOf(files);
      if (now === seen) return;
      await new Promise((done) => setTimeout(done, SETTLED_MS).unref());
      // Still being written: the next look sees it.
      if ((await printOf(files)) !== now) return lookSoon();
      seen = now;
      changed();
    } finally {
      looking = false;
    }
  };
  const lookSoon = () => {
    if (soon) return;
    soon = setTimeout(() => {
      soon = null;
      void look();
    }, SETTLED_MS).unref();
  };
  const timer = setInterval(() => void look(), LOOK_EVERY_MS).unref();
  const unwatch = () => {
    for (const watcher of watchers) watcher.close();
  };
  return {
    async follow(next) {
      unwatch();
      files = [...new Set(next)];
      seen = await printOf(files);
      watchers = [...new Set(files.map((file) => dirname(file)))].flatMap((folder) => watchFolder(folder, lookSoon));
    },
    stop() {
      unwatch();
      clearInterval(timer);
      if (soon) clearTimeout(soon);
    },
  };
}

/** Where the system has no more watches, or the folder is not there, looking from time to time has to do. */
function watchFolder(folder: string, told: () => void): readonly FSWatcher[] {
  try {
    const watcher = watch(folder, { persistent: false }, told);
    watcher.on('error', () => watcher.close());
    return [watcher];
  } catch {
    return [];
  }
}

async function printOf(files: readonly string[]): Promise<string> {
  const print = createHash('sha256');
  for (const file of files) {
    const text = await readCappedFile(file, LARGEST_BYTES, 'the file');
    print.update(text.kind === 'known' ? `+${text.value.length} ${text.value}` : `-${text.why.code} `);
  }
  return print.digest('hex');
}
