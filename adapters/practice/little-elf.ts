/** What a little program is made for, and the line it prints when it starts. */
export interface LittleElf {
  readonly architecture: 'amd64' | 'arm64';
  readonly message: string;
}

const BASE = 0x400000;
const HEADERS = 64 + 56;
/** 64 KiB, so that kernels of every page size take it. */
const ALIGNMENT = 0x10000;
const SA_RESTORER = 0x04000000;
const SIGTERM = 15;

interface Addresses {
  readonly timespec: number;
  readonly action: number;
  readonly message: number;
  readonly messageLength: number;
  readonly code: number;
}

interface Machine {
  /** e_machine (ELF specification, chapter 4). */
  readonly machine: number;
  /** The instructions; `handler` is the offset in them of what SIGTERM runs. */
  assemble(at: Addresses): { bytes: Buffer; handler: number };
}

const u32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value | 0);
  return bytes;
};

/** x86-64: rt_sigaction, write (so that who reads the line may end it), then nanosleep for ever; system call numbers of arch/x86/entry/syscalls/syscall_64.tbl. */
const amd64: Machine = {
  machine: 62,
  assemble(at) {
    const code: number[] = [];
    const emit = (...bytes: number[]) => code.push(...bytes);
    const immediate = (opcode: readonly number[], value: number) => emit(...opcode, ...u32(value));
    const lea = (modrm: number, target: number) => immediate([0x48, 0x8d, modrm], target - (at.code + code.length + 7));
    const syscall = (number: number) => {
      immediate([0xb8], number); // mov eax, number
      emit(0x0f, 0x05); // syscall
    };
    immediate([0xbf], SIGTERM); // mov edi, 15
    lea(0x35, at.action); // lea rsi, [rip + …]
    emit(0x31, 0xd2); // xor edx, edx
    immediate([0x41, 0xba], 8); // mov r10d, 8
    syscall(13);
    immediate([0xbf], 1); // mov edi, 1
    lea(0x35, at.message); // lea rsi, [rip + …]
    immediate([0xba], at.messageLength); // mov edx, length
    syscall(1);
    const loop = code.length;
    lea(0x3d, at.timespec); // lea rdi, [rip + …]
    emit(0x31, 0xf6); // xor esi, esi
    syscall(35);
    emit(0xeb, (loop - (code.length + 2)) & 0xff); // jmp loop
    const handler = code.length;
    emit(0x31, 0xff); // xor edi, edi
    syscall(231);
    return { bytes: Buffer.from(code), handler };
  },
};

/** AArch64: the same program; system call numbers of include/uapi/asm-generic/unistd.h. */
const arm64: Machine = {
  machine: 183,
  assemble(at) {
    const code: number[] = [];
    const movz = (register: number, value: number) => code.push(0xd2800000 | (value << 5) | register);
    const adr = (register: number, target: number) => {
      const offset = target - (at.code + code.length * 4);
      code.push(0x10000000 | ((offset & 3) << 29) | (((offset >> 2) & 0x7ffff) << 5) | register);
    };
    const svc = (number: number) => {
      movz(8, number);
      code.push(0xd4000001);
    };
    movz(0, SIGTERM);
    adr(1, at.action);
    movz(2, 0);
    movz(3, 8);
    svc(134);
    movz(0, 1);
    adr(1, at.message);
    movz(2, at.messageLength);
    svc(64);
    const loop = code.length;
    adr(0, at.timespec);
    movz(1, 0);
    svc(101);
    code.push(0x14000000 | ((loop - code.length) & 0x3ffffff)); // b loop
    const handler = code.length * 4;
    movz(0, 0);
    svc(94);
    return { bytes: Buffer.concat(code.map(u32)), handler };
  },
};

const MACHINES = { amd64, arm64 } as const;

/** ELF header and one program header that maps the whole file, readable and executable. */
function headersOf(machine: number, entry: number, size: number): Buffer {
  const bytes = Buffer.alloc(HEADERS);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  bytes.writeUInt16LE(2, 16); // ET_EXEC
  bytes.writeUInt16LE(machine, 18);
  bytes.writeUInt32LE(1, 20);
  bytes.writeBigUInt64LE(BigInt(entry), 24);
  bytes.writeBigUInt64LE(64n, 32); // e_phoff
  bytes.writeUInt16LE(64, 52); // e_ehsize
  bytes.writeUInt16LE(56, 54); // e_phentsize
  bytes.writeUInt16LE(1, 56); // e_phnum
  bytes.writeUInt32LE(1, 64); // PT_LOAD
  bytes.writeUInt32LE(5, 68); // PF_R | PF_X
  bytes.writeBigUInt64LE(BigInt(BASE), 80);
  bytes.writeBigUInt64LE(BigInt(BASE), 88);
  bytes.writeBigUInt64LE(BigInt(size), 96);
  bytes.writeBigUInt64LE(BigInt(size), 104);
  bytes.writeBigUInt64LE(BigInt(ALIGNMENT), 112);
  return bytes;
}

/** The kernel's struct sigaction; both architectures' layouts agree. The handler ends the process, so nothing returns to the restorer. */
function actionOf(handler: number): Buffer {
  const bytes = Buffer.alloc(32);
  bytes.writeBigUInt64LE(BigInt(handler), 0);
  bytes.writeBigUInt64LE(BigInt(SA_RESTORER), 8);
  bytes.writeBigUInt64LE(BigInt(handler), 16);
  return bytes;
}

/**
 * A real static ELF64 executable of a few hundred bytes: prints its message and a newline, sleeps for ever, and ends
 * with status 0 on SIGTERM (also as process 1 of a container, where the default action would not apply).
 */
export function littleElf({ architecture, message }: LittleElf): Buffer {
  const text = Buffer.from(`${message}\n`);
  const padded = Buffer.concat([text, Buffer.alloc((8 - (text.length % 8)) % 8)]);
  const timespec = Buffer.alloc(16);
  timespec.writeBigInt64LE(60n);
  const at = {
    timespec: BASE + HEADERS,
    action: BASE + HEADERS + 16,
    message: BASE + HEADERS + 48,
    messageLength: text.length,
    code: BASE + HEADERS + 48 + padded.length,
  };
  const { machine, assemble } = MACHINES[architecture];
  const { bytes, handler } = assemble(at);
  const body = Buffer.concat([timespec, actionOf(at.code + handler), padded, bytes]);
  return Buffer.concat([headersOf(machine, at.code, HEADERS + body.length), body]);
}
