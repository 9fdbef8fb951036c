// What Swift cannot import from the kernel's and the C library's headers:
// macros with casts, variadic functions, and structs with flexible arrays.
// Each addition says why it stands here.
#ifndef GATELOG_CLINUX_H
#define GATELOG_CLINUX_H

// netinet/in.h before any linux/ header, or later modules that include it
// refuse group_source_req as "not present in definition".
#include <netinet/in.h>
#include <net/if.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>
#include <sys/ioctl.h>
#include <sys/utsname.h>
#include <time.h>
#include <dirent.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>

// open(2) is variadic, which Swift does not import.
static inline int gatelog_open(const char *path, int flags, unsigned int mode) {
    return open(path, flags, mode);
}

// O_TMPFILE is only there with _GNU_SOURCE; CLinux.c defines that.
int gatelog_open_unnamed(const char *folder, unsigned int mode);

// errno is a macro.
static inline int gatelog_errno(void) {
    return errno;
}

// Swift methods of these names hide the functions within a type that has them.
static inline int gatelog_close(int descriptor) {
    return close(descriptor);
}

static inline ssize_t gatelog_read(int descriptor, void *buffer, size_t count) {
    return read(descriptor, buffer, count);
}

static inline ssize_t gatelog_write(int descriptor, const void *buffer, size_t count) {
    return write(descriptor, buffer, count);
}

static inline int gatelog_rename(const char *old, const char *new_name) {
    return rename(old, new_name);
}

static inline int gatelog_unlink(const char *path) {
    return unlink(path);
}

static inline int gatelog_mkdir(const char *path, unsigned int mode) {
    return mkdir(path, mode);
}

static inline int gatelog_rmdir(const char *path) {
    return rmdir(path);
}

static inline int gatelog_ftruncate(int descriptor, long long length) {
    return ftruncate(descriptor, length);
}

// The name of an entry is an array at the end of its struct.
static inline const char *gatelog_entry_name(const struct dirent *entry) {
    return entry->d_name;
}

// pthread_setname_np is only there with _GNU_SOURCE; CLinux.c defines that.
void gatelog_name_thread(const char *name);

// `stat` is also the name of its struct.
static inline int gatelog_stat(const char *path, struct stat *status) {
    return stat(path, status);
}

static inline const char *gatelog_getenv(const char *name) {
    return getenv(name);
}

// strerror_r has two signatures, chosen by feature macros; strerror.c takes the POSIX one.
int gatelog_strerror(int number, char *buffer, size_t capacity);

// SIG_IGN is a macro with a cast.
static inline void gatelog_ignore_broken_pipe(void) {
    signal(SIGPIPE, SIG_IGN);
}

#endif
