/*
 * Executes one program after the other, each in its own chroot with /proc, and says what became of it.
 * Reads lines "uid gid root name emulator" (the last three in hex, the last one - for none); writes "errno N", "signal N" or "exit N" for each, followed by
 * the beginning of its standard error in hex.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

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

static void run(unsigned uid, unsigned gid, const char *root, char *name, char *emulator, int errors, int report) {
  char *plain[] = {name, NULL}, *emulated[] = {emulator, name, NULL};
  char **argv = emulator ? emulated : plain;
  char *envp[] = {"PATH=/usr/bin:/bin", NULL};
  struct itimerval limit = {{0, 0}, {30, 0}};
  struct rlimit none = {0, 0};
  int null = open("/dev/null", O_RDWR);
  dup2(null, 0), dup2(null, 1), dup2(errors, 2);
  setrlimit(RLIMIT_CORE, &none);
  if (chroot(root) || chdir("/")) _exit(99);
  if (setgroups(0, NULL) || setgid(gid) || setuid(uid)) _exit(98);
  setitimer(ITIMER_REAL, &limit, NULL);
  execve(argv[0], argv, envp);
  int code = errno;
  if (write(report, &code, sizeof code) != sizeof code) _exit(97);
  _exit(0);
}

int main(void) {
  static char root[16384], name[16384], emulator[16384];
  unsigned uid, gid;
  /* What is mounted in a namespace of one's own is gone with the last process in it. */
  if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL)) return 2;
  int errors = memfd_create("errors", MFD_CLOEXEC);
  while (scanf("%u %u %16383s %16383s %16383s", &uid, &gid, root, name, emulator) == 5) {
    int ends[2], status, code = 0;
    unsigned char text[1024];
    if (pipe2(ends, O_CLOEXEC) || ftruncate(errors, 0) || lseek(errors, 0, SEEK_SET)) return 1;
    char *tree = unhex(root);
    if (chdir(tree) || mount("/proc", "proc", NULL, MS_BIND, NULL)) return 3;
    pid_t pid = fork();
    if (pid == 0) run(uid, gid, tree, unhex(name), *emulator == '-' ? NULL : unhex(emulator), errors, ends[1]);
    close(ends[1]);
    ssize_t got = read(ends[0], &code, sizeof code);
    close(ends[0]);
    waitpid(pid, &status, 0);
    if (got == (ssize_t)sizeof code) printf("errno %d ", code);
    else if (WIFSIGNALED(status)) printf("signal %d ", WTERMSIG(status));
    else printf("exit %d ", WEXITSTATUS(status));
    ssize_t length = pread(errors, text, sizeof text, 0);
    for (ssize_t i = 0; i < length; i++) printf("%02x", text[i]);
    printf("\n");
  }
  return 0;
}
