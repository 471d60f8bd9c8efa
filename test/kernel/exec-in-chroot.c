/*
 * Executes one file after the other, each in its own chroot, and says what the kernel answered.
 * Reads lines "run uid gid root cwd name" (root, cwd and name in hex); writes "errno N", "signal N" or "exit N" for each.
 *
 * With a folder as argument it has binfmt_misc to itself: a user namespace of its own with an instance of its own mounted
 * on that folder (Linux 6.7 and later), which ends with it. Then "clear" removes all handlers, "register TEXT" adds one
 * (the kernel's registration string in hex), "disable NAME" switches one off (its name in hex).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

/* CAP_CHOWN, DAC_OVERRIDE, FOWNER, FSETID, KILL, SETGID, SETUID, SETPCAP, NET_BIND_SERVICE, NET_RAW, SYS_CHROOT, MKNOD,
 * AUDIT_WRITE, SETFCAP: what Docker leaves to root. Without SYS_RAWIO vm.mmap_min_addr counts. */
static const int kept[] = {0, 1, 3, 4, 5, 6, 7, 8, 10, 13, 18, 27, 29, 31};

static void drop_capabilities(void) {
  for (int cap = 0; cap < 64; cap++) {
    int keep = 0;
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) keep |= kept[i] == cap;
    if (!keep) prctl(PR_CAPBSET_DROP, cap, 0, 0, 0);
  }
}

static char *unhex(const char *hex) {
  size_t length = strlen(hex) / 2;
  char *text = calloc(length + 1, 1);
  for (size_t i = 0; i < length; i++) {
    unsigned byte;
    sscanf(hex + 2 * i, "%2x", &byte);
    text[i] = (char)byte;
  }
  return text;
}

static void run(unsigned uid, unsigned gid, const char *root, const char *cwd, char *name, int report) {
  char *argv[] = {name, NULL};
  char *envp[] = {"PATH=/usr/bin:/bin", NULL};
  struct itimerval limit = {{0, 0}, {1, 0}};
  struct rlimit none = {0, 0};
  int null = open("/dev/null", O_RDWR);
  dup2(null, 0), dup2(null, 1), dup2(null, 2);
  setrlimit(RLIMIT_CORE, &none);
  if (chroot(root) || chdir("/") || chdir(cwd)) _exit(99);
  drop_capabilities();
  if (setgroups(0, NULL) || setgid(gid) || setuid(uid)) _exit(98);
  setitimer(ITIMER_REAL, &limit, NULL);
  execve(name, argv, envp);
  int code = errno;
  if (write(report, &code, sizeof code) != sizeof code) _exit(97);
  _exit(0);
}

static void execute(unsigned uid, unsigned gid, char *root, char *cwd, char *name) {
  int ends[2], status, code = 0;
  if (pipe2(ends, O_CLOEXEC)) exit(1);
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) run(uid, gid, root, cwd, name, ends[1]);
  close(ends[1]);
  ssize_t got = read(ends[0], &code, sizeof code);
  close(ends[0]);
  waitpid(child, &status, 0);
  if (got == (ssize_t)sizeof code) printf("errno %d\n", code);
  else if (WIFSIGNALED(status)) printf("signal %d\n", WTERMSIG(status));
  else printf("exit %d\n", WEXITSTATUS(status));
}

/* Every write here must succeed: a handler that is not registered would make a comparison of nothing. */
static void write_or_die(const char *path, const char *text) {
  int file = open(path, O_WRONLY);
  if (file < 0 || write(file, text, strlen(text)) != (ssize_t)strlen(text)) {
    fprintf(stderr, "%s to %s: %s\n", text, path, strerror(errno));
    exit(2);
  }
  close(file);
}

/* The ids 0 to 65535 as they are. Only a process outside the new namespace may map that many. */
static void own_namespaces(void) {
  int ready[2], mapped[2];
  char byte = 0;
  if (pipe(ready) || pipe(mapped)) exit(1);
  pid_t self = getpid();
  if (fork() == 0) {
    char path[64];
    if (read(ready[0], &byte, 1) != 1) _exit(1);
    snprintf(path, sizeof path, "/proc/%d/uid_map", self);
    write_or_die(path, "0 0 65536");
    snprintf(path, sizeof path, "/proc/%d/gid_map", self);
    write_or_die(path, "0 0 65536");
    _exit(write(mapped[1], &byte, 1) != 1);
  }
  close(mapped[1]);
  if (unshare(CLONE_NEWUSER | CLONE_NEWNS)) perror("unshare"), exit(2);
  if (write(ready[1], &byte, 1) != 1 || read(mapped[0], &byte, 1) != 1) exit(2);
  wait(NULL);
}

static void mount_handlers(const char *folder) {
  own_namespaces();
  if (mount("binfmt_misc", folder, "binfmt_misc", 0, NULL)) perror("mount binfmt_misc"), exit(2);
}

static void tell_handlers(const char *folder, const char *name, const char *text) {
  char path[16384];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  write_or_die(path, text);
}

int main(int count, char **arguments) {
  static char what[32], root[16384], cwd[16384], name[16384];
  const char *folder = count > 1 ? arguments[1] : NULL;
  unsigned uid, gid;
  if (folder) mount_handlers(folder);
  while (scanf("%31s", what) == 1) {
    if (strcmp(what, "run") == 0) {
      if (scanf("%u %u %16383s %16383s %16383s", &uid, &gid, root, cwd, name) != 5) return 3;
      execute(uid, gid, unhex(root), unhex(cwd), unhex(name));
    } else if (strcmp(what, "clear") == 0) {
      tell_handlers(folder, "status", "-1");
    } else if (scanf("%16383s", name) == 1) {
      int registers = strcmp(what, "register") == 0;
      tell_handlers(folder, registers ? "register" : unhex(name), registers ? unhex(name) : "0");
    }
  }
  return 0;
}
