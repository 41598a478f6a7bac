// Runs a program with its output thrown away and prints what it took, in microseconds of CPU: its own and the kernel's for it.
// `cpu < FILE PROGRAM ARGUMENT...` (the sign as a word) gives it a file as standard input, which is empty otherwise.
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int count, char **words) {
  const char *input = "/dev/null";
  if (count > 3 && strcmp(words[1], "<") == 0) {
    input = words[2];
    words += 2;
    count -= 2;
  }
  if (count < 2) return 125;
  pid_t child = fork();
  if (child == 0) {
    int in = open(input, O_RDONLY), null = open("/dev/null", O_WRONLY);
    if (in < 0 || dup2(in, 0) < 0) _exit(126);
    for (int fd = 1; fd < 3; fd++) dup2(null, fd);
    execv(words[1], words + 1);
    _exit(127);
  }
  int status;
  struct rusage used;
  if (child < 0 || wait4(child, &status, 0, &used) < 0) return 125;
  printf("%ld\n", (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000L + used.ru_utime.tv_usec + used.ru_stime.tv_usec);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 126;
}
