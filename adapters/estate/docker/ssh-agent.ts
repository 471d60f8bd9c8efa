import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { Agent } from 'node:http';
import { Duplex } from 'node:stream';

/** Where ssh goes. Both names were checked by `connect`: neither can be read as an option. */
export interface SshDestination {
  readonly host: string;
  readonly user: string | null;
  readonly port: number | null;
}

/** ssh or the command at its far end gave up. `exit` is ssh's status: 255 its own failure, 127 no `docker` over there. */
export class SshError extends Error {
  readonly code = 'ESSH';
  readonly exit: number | null;
  /** The last line that ssh wrote about it, for people only. */
  readonly said: string;
  constructor(exit: number | null, said: string) {
    super(`ssh ended with status ${exit ?? 'unknown'}`);
    this.name = 'SshError';
    this.exit = exit;
    this.said = said;
  }
}

const KEPT_STDERR = 2_000;
/** sshd refuses more than ten unauthenticated connections at once (MaxStartups); well below that. */
const CONNECTIONS = 4;

/** The arguments of one connection, for a process and never for a shell. */
export function sshArguments(to: SshDestination): string[] {
  const options = ['-T', '-o', 'BatchMode=yes', '-o', 'ConnectTimeout=10', '-o', 'ServerAliveInterval=15'];
  if (to.port !== null) options.push('-p', String(to.port));
  if (to.user !== null) options.push('-l', to.user);
  return [...options, '--', to.host, 'docker', 'system', 'dial-stdio'];
}

/** Looks like a socket to node:http; is the standard input and output of one ssh process. */
class CommandSocket extends Duplex {
  private readonly child: ChildProcessWithoutNullStreams;
  private said = '';

  constructor(command: string, args: readonly string[]) {
    super();
    this.child = spawn(command, [...args], { stdio: ['pipe', 'pipe', 'pipe'], windowsHide: true });
    this.child.stdout.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) this.child.stdout.pause();
    });
    this.child.stderr.on('data', (chunk: Buffer) => {
      this.said = (this.said + chunk.toString('utf8')).slice(-KEPT_STDERR);
    });
    // A write to a process that has ended: its exit tells more than the broken pipe does.
    this.child.stdin.on('error', () => undefined);
    this.child.on('error', (error) => this.destroy(Object.assign(error, { code: 'ESSH', exit: null, said: '' })));
    this.child.on('close', (status) => this.ended(status));
  }

  private ended(status: number | null): void {
    if (status === 0) this.push(null);
    else this.destroy(new SshError(status, this.said.trim().split('\n').at(-1)?.trim() ?? ''));
  }

  override _read(): void {
    this.child.stdout.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.child.stdin.write(chunk, () => done());
  }

  override _final(done: (error?: Error | null) => void): void {
    this.child.stdin.end(() => done());
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.child.kill();
    done(error);
  }

  /** What node:http calls on sockets; a process has none of it, except that it must not keep the program alive. */
  setTimeout(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  ref(): this {
    for (const handle of this.handles()) handle.ref?.();
    return this;
  }
  unref(): this {
    for (const handle of this.handles()) handle.unref?.();
    return this;
  }

  private handles(): readonly { ref?(): void; unref?(): void }[] {
    // The pipes of a child process are sockets, though their types do not say so.
    const pipes: readonly object[] = [this.child.stdin, this.child.stdout, this.child.stderr];
    return [this.child, ...pipes];
  }
}

/**
 * Connections to an engine as `ssh … docker system dial-stdio`, as the docker command does it: keys, jump hosts and known
 * hosts come from the user's ssh configuration. Connections are kept and used again, since each costs a handshake.
 */
export class SshAgent extends Agent {
  private readonly destination: SshDestination;
  private readonly command: string;

  constructor(destination: SshDestination, command = 'ssh') {
    super({ keepAlive: true, maxSockets: CONNECTIONS, maxFreeSockets: 1 });
    this.destination = destination;
    this.command = command;
  }

  override createConnection(): Duplex {
    return new CommandSocket(this.command, sshArguments(this.destination));
  }
}
