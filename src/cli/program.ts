import { Command, CommanderError, Option } from 'commander';
import { StoreError } from '../ports/store-error.ts';
import { TRANSCRIPT_FORMATS, type TranscriptFormat } from '../run/transcript/format.ts';
import type { CheckOptions } from './check.ts';
import { USAGE, UsageError } from './exit-status.ts';
import type { PredictOptions } from './predict.ts';
import { createTerminal } from './terminal.ts';
import { VERSION } from './version.ts';

// Each command is loaded when it is called: most of what one needs, another does not, and a pipeline waits for `check`.

const EXAMPLES = `
Examples:
  execfmt serve                                 the local page, with a practice incident
  execfmt serve --config execfmt.yaml           the bot with what is configured
  execfmt diagnose pdf-renderer                 on the local Docker engine
  execfmt diagnose pdf-renderer --on render-01 --config execfmt.yaml --json
  execfmt check registry.corp.io/pdf-renderer:v3 --platform linux/amd64 --platform linux/arm64
  execfmt drill --yes                           the practice incident in the terminal
  execfmt predict --rootfs rootfs.tar --host linux/arm64 -- /app/render
  execfmt predict --batch < cases.jsonl > outcomes.jsonl
  execfmt transcript r-7k2m9x --format html > incident.html
  execfmt transcript --verify incident.html     was it changed since? works offline
  execfmt backup --config execfmt.yaml /backup/execfmt.db   a checked copy of the store, also while it is in use
  execfmt config check --config execfmt.yaml --connect`;

const configOption = () => new Option('-c, --config <file>', 'the configuration (YAML)').env('EXECFMT_CONFIG');

/** Collects an option that may be given several times. */
const append = (value: string, before: readonly string[] = []) => [...before, value];

/** Runs one command line (without node and script) and gives its exit status. */
export async function runProgram(args: readonly string[]): Promise<number> {
  let status = 0;
  const program = new Command('execfmt')
    .description('Finds why a container dies with exec format error, and the way back.')
    .version(VERSION)
    .showSuggestionAfterError()
    .addHelpText('after', EXAMPLES)
    .exitOverride()
    .configureHelp({ showGlobalOptions: true });

  program
    .command('serve')
    .description('the bot with every chat that is configured; without a configuration the local page')
    .addOption(configOption())
    .action(async (options: { config?: string }) => {
      const { serve } = await import('./serve.ts');
      status = await serve({ config: options.config ?? null });
    });
  program
    .command('drill')
    .description('the practice incident in the terminal, from the command to the recovery')
    .option('--yes', 'approve the rollback without asking', false)
    .option('--json', 'one JSON document on stdout', false)
    .action(async (options: { yes: boolean; json: boolean }) => {
      const { drill } = await import('./drill.ts');
      status = await drill(options);
    });
  program
    .command('diagnose')
    .description('the playbook once: why does it not run?')
    .argument('<name>', 'a service of the configuration, or a container')
    .option('--on <where>', 'only on this host or cluster')
    .addOption(configOption())
    .option('--json', 'one JSON document on stdout', false)
    .action(async (name: string, options: { on?: string; config?: string; json: boolean }) => {
      const { diagnose } = await import('./diagnose.ts');
      status = await diagnose(name, { on: options.on ?? null, config: options.config ?? null, json: options.json });
    });
  program
    .command('predict')
    .description('what execve(2) would do with a program of a root file system on a host')
    .argument('[argv...]', 'what is executed, after --')
    .option('--rootfs <dir-or-tar>', 'the root file system')
    .option('--host <os/arch>', 'the host, such as linux/arm64')
    .option('--page-size <bytes>', 'the page size of its kernel')
    .option('--kernel <version>', 'its kernel, such as 6.12')
    .option('--binfmt <file>', 'its binfmt_misc handlers (JSON)')
    .option('--path <path>', 'PATH in the container')
    .option('--cwd <dir>', 'the working directory')
    .option('--user <uid[:gid]>', 'who executes it; root when it is not said')
    .option('--batch', 'JSON lines from stdin, one answer for each', false)
    .option('--json', 'one JSON document on stdout', false)
    .action(async (argv: string[], options: PredictOptions) => {
      const { predict } = await import('./predict.ts');
      status = await predict(argv, options);
    });
  program
    .command('check')
    .description('pipeline guard: are all platforms published, and would each one start?')
    .argument(
      '<image>',
      'a reference in a registry, or as skopeo names it: docker-archive:FILE, oci:DIR, docker-daemon:REF …',
    )
    .option(
      '--platform <os/arch[/variant]>',
      'a platform that must be there; repeatable (all that are published)',
      append,
    )
    .option('--on <host>', 'the configured host whose engine has the docker-daemon: image')
    .addOption(configOption())
    .option('--json', 'one JSON document on stdout', false)
    .option('--sarif <file>', 'write a SARIF 2.1.0 report too')
    .option('--junit <file>', 'write a JUnit report too')
    .action(async (image: string, options: CheckOptions) => {
      const { check } = await import('./check.ts');
      status = await check(image, options);
    });
  program
    .command('transcript')
    .description('the transcript of one run, or whether one is as it was written')
    .argument('[run]', 'its id, as r-7k2m9x')
    .addOption(new Option('--format <format>', 'how it is written').choices([...TRANSCRIPT_FORMATS]).default('md'))
    .option('--verify <file>', 'check a transcript (md, html or json) offline: 0 whole, 1 not, 2 no transcript')
    .addOption(configOption())
    .action(async (run: string | undefined, options: TranscriptCommand) => {
      status = await runTranscript(run ?? null, options);
    });
  program
    .command('backup')
    .description('a checked copy of the SQLite store, also while it is in use')
    .argument('<file>', 'where the copy goes; an older copy there is replaced')
    .addOption(configOption())
    .action(async (file: string, options: { config?: string }) => {
      const { backup } = await import('./backup.ts');
      status = await backup(file, { config: options.config ?? null });
    });
  const config = program.command('config').description('check a configuration, or print its schema');
  config
    .command('check')
    .description('every mistake with its file, line and column')
    .addOption(configOption())
    .option('--connect', 'try every connection too: 0 all work, 1 something does not', false)
    .option('--json', 'one JSON document on stdout', false)
    .action(async ({ config: file, connect, json }: { config?: string; connect: boolean; json: boolean }) => {
      const { checkConfig } = await import('./config-commands.ts');
      status = await checkConfig({ config: file ?? null, connect, json });
    });
  config
    .command('schema')
    .description('the JSON Schema of the configuration')
    .action(async () => {
      const { printSchema } = await import('./config-commands.ts');
      status = printSchema();
    });
  // exitOverride is not inherited by the commands that were made before it.
  for (const command of [...program.commands, ...config.commands]) command.exitOverride().showSuggestionAfterError();

  try {
    await program.parseAsync([...args], { from: 'user' });
    return status;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE;
    if (error instanceof UsageError || error instanceof StoreError) {
      createTerminal(process.stderr).say(`execfmt: ${error.message}`);
      return USAGE;
    }
    throw error;
  }
}

interface TranscriptCommand {
  readonly format: TranscriptFormat;
  readonly verify?: string;
  readonly config?: string;
}

/** A run to write, or a file to check: exactly one of them. */
async function runTranscript(run: string | null, { format, verify, config }: TranscriptCommand): Promise<number> {
  if ((run === null) === (verify === undefined))
    throw new UsageError('say either the run, as r-7k2m9x, or --verify FILE');
  if (verify !== undefined) return (await import('./verify-file.ts')).verifyFile(verify);
  return (await import('./transcript.ts')).transcript(run ?? '', { format, config: config ?? null });
}
