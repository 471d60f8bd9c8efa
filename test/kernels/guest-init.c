/*
 * The only process of a guest: builds each case's tree in a tmpfs, executes the case's file in a chroot there, and says
 * on the console what the kernel answered. Reads /cases, one step in each line, strings in hex ("-" is an empty one):
 *
 *   f PATH MODE UID GID OFFSET LENGTH   a file of the tree, its content a part of /blobs
 *   l PATH TARGET                       a symbolic link
 *   d PATH MODE UID GID                 a directory
 *   p PATH                              a FIFO
 *   w PATH TEXT                         write a text to a file of the guest itself, not of the tree
 *   x UID GID CWD NAME                  execute, report, and begin a new tree
 *
 * Answers: "eN" an errno, "kN" killed by signal N inside execve, "sN" killed by it later, "xN" ended with status N.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#define TREE "/tree"

/* CAP_CHOWN, DAC_OVERRIDE, FOWNER, FSETID, KILL, SETGID, SETUID, SETPCAP, NET_BIND_SERVICE, NET_RAW, SYS_CHROOT, MKNOD,
 * AUDIT_WRITE, SETFCAP: what Docker leaves to root. Without SYS_RAWIO vm.mmap_min_addr counts. */
static const int kept[] = {0, 1, 3, 4, 5, 6, 7, 8, 10, 13, 18, 27, 29, 31};

static char *blobs;

static void halt(const char *what) {
  printf("!%s: %s\n", what, strerror(errno));
  fflush(stdout);
  sleep(1);
  reboot(RB_POWER_OFF);
  for (;;) pause();
}

static char *read_file(const char *path, size_t *length) {
  struct stat info;
  int file = open(path, O_RDONLY);
  if (file < 0 || fstat(file, &info)) return NULL;
  /* Files of proc say that they are empty. */
  size_t room = info.st_size + 64, got = 0;
  char *bytes = malloc(room + 1);
  for (ssize_t n; (n = read(file, bytes + got, room - got)) > 0;) got += n;
  close(file);
  bytes[got] = 0;
  if (length) *length = got;
  return bytes;
}

/* The next word of the line, or an empty text. */
static char *word(char **line) {
  char *from = *line;
  size_t length = strcspn(from, " ");
  *line = from[length] ? from + length + 1 : from + length;
  from[length] = 0;
  return from;
}

static long number(char **line) { return strtol(word(line), NULL, 0); }

/* A string in hex, decoded in place. */
static char *text(char **line, size_t *length) {
  char *hex = word(line), *out = hex;
  size_t n = strcmp(hex, "-") ? strlen(hex) / 2 : 0;
  for (size_t i = 0; i < n; i++) {
    unsigned byte;
    sscanf(hex + 2 * i, "%2x", &byte);
    out[i] = (char)byte;
  }
  out[n] = 0;
  if (length) *length = n;
  return out;
}

/* The place of a path of the tree in the guest; its parents are made. */
static char *place(char **line) {
  static char at[8192];
  snprintf(at, sizeof at, TREE "%s", text(line, NULL));
  for (char *slash = at + strlen(TREE) + 1; (slash = strchr(slash, '/')); slash++) {
    *slash = 0;
    mkdir(at, 0755);
    *slash = '/';
  }
  return at;
}

static void write_all(const char *path, int flags, const char *bytes, size_t length) {
  int file = open(path, flags, 0755);
  if (file < 0) halt(path);
  for (size_t done = 0; done < length;) {
    ssize_t n = write(file, bytes + done, length - done);
    if (n < 0) halt(path);
    done += n;
  }
  close(file);
}

static void own(const char *at, long mode, long uid, long gid) {
  if (lchown(at, uid, gid) || chmod(at, mode)) halt(at);
}

static void make_file(char *line) {
  char *at = place(&line);
  long mode = number(&line), uid = number(&line), gid = number(&line), from = number(&line), length = number(&line);
  write_all(at, O_WRONLY | O_CREAT | O_TRUNC, blobs + from, length);
  own(at, mode, uid, gid);
}

static void make_directory(char *line) {
  char *at = place(&line);
  long mode = number(&line), uid = number(&line), gid = number(&line);
  mkdir(at, 0755);
  own(at, mode, uid, gid);
}

static void new_tree(void) {
  if (umount2(TREE, MNT_DETACH)) halt("umount");
  if (mount("tree", TREE, "tmpfs", 0, "mode=755")) halt("mount of the tree");
}

static void drop_capabilities(void) {
  for (int cap = 0; cap < 64; cap++) {
    int keep = 0;
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) keep |= kept[i] == cap;
    if (!keep) prctl(PR_CAPBSET_DROP, cap, 0, 0, 0);
  }
}

static void run(long uid, long gid, const char *cwd, char *name, int report) {
  char *argv[] = {name, NULL};
  char *envp[] = {"PATH=/usr/bin:/bin", NULL};
  struct itimerval limit = {{0, 0}, {3, 0}};
  struct rlimit none = {0, 0};
  int null = open("/dev/null", O_RDWR);
  dup2(null, 0), dup2(null, 1), dup2(null, 2);
  setrlimit(RLIMIT_CORE, &none);
  if (chroot(TREE) || chdir("/") || chdir(cwd)) _exit(99);
  drop_capabilities();
  if (setgroups(0, NULL) || setgid(gid) || setuid(uid)) _exit(98);
  setitimer(ITIMER_REAL, &limit, NULL);
  /* The SIGTRAP after a successful exec tells a death inside execve from one after it. */
  ptrace(PTRACE_TRACEME, 0, 0, 0);
  execve(name, argv, envp);
  int code = errno;
  if (write(report, &code, sizeof code) != sizeof code) _exit(97);
  _exit(0);
}

static void execute(char *line) {
  long uid = number(&line), gid = number(&line);
  char *cwd = text(&line, NULL), *name = text(&line, NULL);
  int ends[2], status, code = 0, started = 0;
  if (pipe2(ends, O_CLOEXEC)) halt("pipe");
  pid_t child = fork();
  if (child < 0) halt("fork");
  if (child == 0) run(uid, gid, cwd, name, ends[1]);
  close(ends[1]);
  while (waitpid(child, &status, 0) == child && WIFSTOPPED(status)) {
    started |= WSTOPSIG(status) == SIGTRAP;
    ptrace(started ? PTRACE_DETACH : PTRACE_CONT, child, 0, WSTOPSIG(status) == SIGTRAP ? 0 : WSTOPSIG(status));
  }
  ssize_t got = read(ends[0], &code, sizeof code);
  close(ends[0]);
  if (got == (ssize_t)sizeof code) printf("e%d\n", code);
  else if (WIFSIGNALED(status)) printf("%c%d\n", started ? 's' : 'k', WTERMSIG(status));
  else printf("x%d\n", WEXITSTATUS(status));
}

static void step(char *line) {
  char kind = *word(&line);
  if (kind == 'f') make_file(line);
  else if (kind == 'd') make_directory(line);
  else if (kind == 'x') execute(line), new_tree();
  else if (kind == 'p') {
    if (mkfifo(place(&line), 0755)) halt("fifo");
  } else if (kind == 'l') {
    char *at = strdup(place(&line));
    if (symlink(text(&line, NULL), at)) halt(at);
    free(at);
  } else if (kind == 'w') {
    size_t length;
    char *at = text(&line, NULL), *bytes = text(&line, &length);
    write_all(at, O_WRONLY, bytes, length);
  } else halt("unknown step");
}

static void set_up(void) {
  size_t length;
  mkdir("/proc", 0755), mkdir("/dev", 0755), mkdir(TREE, 0755);
  mount("proc", "/proc", "proc", 0, NULL);
  mount("dev", "/dev", "devtmpfs", 0, NULL);
  int console = open("/dev/console", O_RDWR);
  dup2(console, 0), dup2(console, 1), dup2(console, 2);
  setvbuf(stdout, NULL, _IOLBF, 0);
  if (mount("tree", TREE, "tmpfs", 0, "mode=755")) halt("first mount of the tree");
  char *module = read_file("/binfmt_misc.ko", &length);
  if (module && syscall(SYS_init_module, module, length, "")) halt("binfmt_misc.ko");
  if (mount("binfmt", "/proc/sys/fs/binfmt_misc", "binfmt_misc", 0, NULL)) halt("mount of binfmt_misc");
  if (!(blobs = read_file("/blobs", NULL))) halt("/blobs");
}

static void facts(void) {
  struct utsname name;
  uname(&name);
  char *min = read_file("/proc/sys/vm/mmap_min_addr", NULL);
  /* Firmware may have left something on the line. */
  printf("\n=kernel %s\n=machine %s\n=page %ld\n=minaddr %s", name.release, name.machine, sysconf(_SC_PAGESIZE), min);
  printf("=stack %p\n", (void *)&name);
}

int main(void) {
  umask(0);
  set_up();
  facts();
  char *cases = read_file("/cases", NULL);
  if (!cases) halt("/cases");
  for (char *line = cases, *end; (end = strchr(line, '\n')); line = end + 1) {
    *end = 0;
    step(line);
  }
  printf("=end\n");
  fflush(stdout);
  sync();
  sleep(1);
  reboot(RB_POWER_OFF);
  for (;;) pause();
}
