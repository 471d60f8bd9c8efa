import { machineIn, platformsIn } from './architecture-words.ts';
import type { ArchitectureClaim, BuildLog, LogLine, PushedImage } from './build-log.ts';
import { cleanLogLine } from './clean-log-line.ts';
import { type Introduction, readIntroduction } from './read-introduction.ts';
import { pushedIn, repositoryIn } from './read-pushed-image.ts';

const LONGEST_LINE = 4_000;
const LONGEST_SHOWN = 300;
const MOST_OF_A_KIND = 30;

/** A shell's prompt as logs show it: GitLab's `$ `, the `+ ` of set -x, GitHub's `Run ` and `[command]`. */
const PROMPT = /^\s*(?:\$ |\++ |Run |\[command\])\s*/;
const COMMAND =
  /(?:^\s*|(?:&&|\|\||[;|(]) *)(?:(?:sudo|time|exec|env|[A-Z_]+=\S*) +)*(?:[\w./-]*\/)?(?:docker +(?:(?:buildx|image|builder|compose) +)?(?:build|bake)|docker-compose +build|(?:podman|nerdctl|buildctl|img) +build|buildah +(?:bud|build(?:-using-dockerfile)?)|kaniko|executor(?= .*--destination)|ko +build)(?: |$)/;
/** Commands that print the machine's own architecture on the next line. */
const MEASURES =
  /^(?:\S*\/)?(?:uname +-(?:m|p|i)|arch|dpkg +--print-architecture|docker +(?:info|version) +.*Arch\S*)\s*$/;
const INFO = /^\s*(?:Architecture|OS\/Arch|Arch)\s*[:=]\s*["']?([\w./-]+)["']?\s*$/i;
const PLATFORM_OPTION = /--platform(?:=|\s+)["']?([\w./,-]+)/g;
const BUILD_ARGUMENT = /(--(?:build-arg|opt|env)[= ]["']?(?:build-arg:)?[A-Za-z_]\w*=)(?:"[^"]*"|'[^']*'|\S+)/g;
/** GitHub's usual action for building, and how logs show what it is given. */
const BUILD_ACTION = /^docker\/(?:build-push|bake)-action@/;
const PLATFORMS = /^\s*["']?platforms["']?\s*:(.*)$/i;
/** BuildKit's stage names: `[linux/amd64->arm64 2/3]` runs on the first and builds for the second. */
const CROSS_STAGE = /\[(?:linux\/)?\w+->(\w+)/;

/** Reads a log as it comes, so that it need not fit into memory. */
export interface BuildLogReader {
  /** The next part of the text; it may end within a line. */
  add(text: string): void;
  /** `truncated`: there is more that was not added. */
  end(truncated: boolean): BuildLog;
}

/** Reads the log of a CI job. `redact` removes secrets from the lines that are kept. */
export function createBuildLogReader(redact: (text: string) => string): BuildLogReader {
  const reading = createReading(redact);
  let rest = '';
  let lines = 0;
  const take = (raw: string) => {
    lines += 1;
    reading.line(cleanLogLine(raw.slice(0, LONGEST_LINE)), lines);
  };
  return {
    add(text) {
      const parts = (rest + text).split('\n');
      // What is longer is of no use, and must not grow without end while no line ends.
      rest = (parts.pop() ?? '').slice(0, LONGEST_LINE);
      for (const part of parts) take(part);
    },
    end(truncated) {
      if (rest !== '') take(rest);
      return { ...reading.result(), lineCount: lines, truncated };
    },
  };
}

/** A whole log at once. */
export function readBuildLog(text: string, redact: (text: string) => string): BuildLog {
  const reader = createBuildLogReader(redact);
  reader.add(text);
  return reader.end(false);
}

function createReading(redact: (text: string) => string) {
  const claims: ArchitectureClaim[] = [];
  const commands: LogLine[] = [];
  const pushed: PushedImage[] = [];
  let introduction: Introduction = { runnerName: null, machineName: null, runnerImage: null, executor: null };
  let previous = '';
  let repository: string | null = null;
  let step = '';

  const shown = (text: string, number: number): LogLine => {
    const clean = redact(text.trim().replace(BUILD_ARGUMENT, '$1[left out]'));
    return { number, text: clean.length > LONGEST_SHOWN ? `${clean.slice(0, LONGEST_SHOWN - 1)}…` : clean };
  };
  const claim = (kind: ArchitectureClaim['kind'], os: string | null, architecture: string, line: LogLine) => {
    const known = claims.some((one) => one.kind === kind && one.architecture === architecture);
    if (!known && claims.length < MOST_OF_A_KIND) claims.push({ kind, os, architecture, line });
  };
  return {
    line(text: string, number: number) {
      introduction = readIntroduction(introduction, text, previous);
      const command = text.replace(PROMPT, '');
      if (command !== text) step = command;
      const builds = COMMAND.test(command) || (command !== text && BUILD_ACTION.test(command));
      if (builds && commands.length < MOST_OF_A_KIND) commands.push(shown(command, number));
      for (const one of claimsOf(text, command, previous, step))
        claim(one.kind, one.os, one.architecture, shown(text, number));
      repository = repositoryIn(text) ?? repository;
      const image = pushedIn(text, repository);
      if (image && pushed.length < MOST_OF_A_KIND && !pushed.some(({ digest }) => digest === image.digest))
        pushed.push({ ...image, line: shown(text, number) });
      if (text.trim() !== '') previous = command.trim();
    },
    result: () => ({ ...introduction, claims, commands, pushed }),
  };
}

type Claim = Pick<ArchitectureClaim, 'kind' | 'os' | 'architecture'>;

function claimsOf(text: string, command: string, previous: string, step: string): readonly Claim[] {
  const asked = [...command.matchAll(PLATFORM_OPTION)].flatMap(([, list = '']) =>
    platformsIn(list.replaceAll(',', ' ')),
  );
  if (asked.length > 0) return asked.map((one) => ({ kind: 'asked', ...one }));
  const platforms = PLATFORMS.exec(text)?.[1];
  // Elsewhere such a list is what a builder could do, not what it is told to.
  if (platforms !== undefined)
    return BUILD_ACTION.test(step)
      ? platformsIn(platforms.replaceAll(',', ' ')).map((one) => ({ kind: 'asked', ...one }))
      : [];
  const machine = MEASURES.test(previous) ? machineIn(text.trim()) : null;
  if (machine !== null) return [{ kind: 'measured', os: null, architecture: machine }];
  const info = INFO.exec(text)?.[1];
  const told = info === undefined ? [] : infoOf(info);
  if (told.length > 0) return told;
  const target = CROSS_STAGE.exec(text)?.[1];
  const cross = target === undefined ? null : machineIn(target);
  if (cross !== null) return [{ kind: 'asked', os: 'linux', architecture: cross }];
  return platformsIn(text).map((one) => ({ kind: 'said', ...one }));
}

/** The value of `Architecture:` in the output of docker info, lscpu or docker version. */
function infoOf(value: string): readonly Claim[] {
  const machine = machineIn(value);
  if (machine !== null) return [{ kind: 'measured', os: null, architecture: machine }];
  return platformsIn(value).map((one) => ({ kind: 'measured', ...one }));
}
