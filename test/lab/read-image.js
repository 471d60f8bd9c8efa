/**
 * Opens an image and asks the kernel model about it, once, for measure-layers.ts. It is plain JavaScript and uses the
 * built sources, because the type stripper would take some 30 MiB of memory that the program does not take.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const built = (path) => import(join(import.meta.dirname, '../../dist', path));
const { createImageSource } = await built('adapters/registry/oci/image-source.js');
const { systemClock } = await built('adapters/system/clock.js');
const { runOverRemote } = await built('src/kernel/file-tree.js');
const { execve } = await built('src/kernel/execve.js');

const unknown = { variant: null, pageSize: null, compat32: null, kernel: null, binfmt: null };
const host = { os: 'linux', arch: 'amd64', ...unknown, mmapMinAddr: null, vaBits: null };
const ignore = () => undefined;
const log = { debug: ignore, info: ignore, warn: ignore, error: ignore };

const { reference, argv, cacheDir } = JSON.parse(process.argv[2] ?? '{}');
const registries = { [reference.split('/')[0]]: { plainHttp: true } };
const start = performance.now();
const source = createImageSource({ registries, dockerConfigPath: null, log, clock: systemClock, cacheDir });
const platform = { os: 'linux', architecture: 'amd64', variant: null };
const opened = await source.open(reference, platform, new AbortController().signal);
if (opened.kind !== 'known') throw new Error(opened.why.message);
const request = { argv, path: '/usr/local/bin:/usr/bin:/bin', cwd: '/', uid: 0, gid: 0 };
const { outcome } = await runOverRemote(opened.value.files, execve(request, host));
const ms = Math.round(performance.now() - start);
const { user, system } = process.cpuUsage();
const status = await readFile('/proc/self/status', 'utf8');
const peakMiB = Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024);
process.send?.({ outcome, ms, cpuMs: Math.round((user + system) / 1000), peakMiB }, () => process.exit(0));
