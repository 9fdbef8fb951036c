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
#include <unistd.h>
#include <sys/stat.h>
#include <sys/ioctl.h>
#include <time.h>

// open(2) is variadic, which Swift does not import.
static inline int gatelog_open(const char *path, int flags, unsigned int mode) {
    return open(path, flags, mode);
}

#endif
