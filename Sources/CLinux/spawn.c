#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

// The _np functions are only there with _GNU_SOURCE.
int gatelog_spawn(
    const char *path, char *const arguments[], char *const environment[], int input, int output, int *process);

int gatelog_spawn(
    const char *path, char *const arguments[], char *const environment[], int input, int output, int *process) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    pid_t child = 0;
    int failure = posix_spawn_file_actions_init(&actions);
    if (failure != 0) return failure;
    failure = posix_spawnattr_init(&attributes);
    if (failure != 0) {
        posix_spawn_file_actions_destroy(&actions);
        return failure;
    }
    sigemptyset(&none);
    sigfillset(&all);
    // The descriptors are above 2: gatelogd has those three open from its start.
    if ((failure = posix_spawn_file_actions_adddup2(&actions, input, 0)) == 0
        && (failure = posix_spawn_file_actions_adddup2(&actions, output, 1)) == 0
        && (failure = posix_spawn_file_actions_adddup2(&actions, output, 2)) == 0
        && (failure = posix_spawn_file_actions_addclosefrom_np(&actions, 3)) == 0
        && (failure = posix_spawn_file_actions_addchdir_np(&actions, "/")) == 0
        && (failure = posix_spawnattr_setpgroup(&attributes, 0)) == 0
        && (failure = posix_spawnattr_setsigmask(&attributes, &none)) == 0
        && (failure = posix_spawnattr_setsigdefault(&attributes, &all)) == 0
        && (failure = posix_spawnattr_setflags(
                &attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF)) == 0)
        failure = posix_spawn(&child, path, &actions, &attributes, arguments, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    *process = child;
    return failure;
}

// Variadic, and the C library has no function for it before 2.36.
int gatelog_pidfd_open(int process);

int gatelog_pidfd_open(int process) {
    return (int)syscall(SYS_pidfd_open, process, 0);
}

// pipe2 is only there with _GNU_SOURCE.
int gatelog_pipe(int ends[2]);

int gatelog_pipe(int ends[2]) {
    return pipe2(ends, O_CLOEXEC);
}

// prctl is variadic.
void gatelog_clear_ambient(void);

void gatelog_clear_ambient(void) {
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
}
