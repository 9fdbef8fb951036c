// What Swift cannot import from libfuse: the version macro that its headers ask for, bit fields, requests that are
// macros, and arrays of C strings.
#pragma once

#include <netinet/in.h>
#include <net/if.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define FUSE_USE_VERSION 35
#include <fuse3/cuse_lowlevel.h>

// The requests of ipl(4), as _IOR('r', 66, int) and _IOR('r', 98, int) come out on this machine.
static const unsigned int gatelog_SIOCIPFFB = _IOR('r', 66, int);
static const unsigned int gatelog_SIOCIPFINTERROR = _IOR('r', 98, int);
static const unsigned int gatelog_FIONREAD = FIONREAD;
static const short gatelog_poll_readable = POLLIN | POLLRDNORM;

// A session of the character device `name`, opened at /dev/cuse; NULL with errno where that fails. It installs no
// signal handlers and does not detach, as cuse_lowlevel_setup would; its descriptor does not wait.
static inline struct fuse_session *gatelog_cuse_open(
    const char *name, const struct cuse_lowlevel_ops *operations, void *user_data) {
    char program[] = "gatelog";
    char *arguments[] = {program, NULL};
    struct fuse_args args = FUSE_ARGS_INIT(1, arguments);
    char device[80];
    if (snprintf(device, sizeof device, "DEVNAME=%s", name) >= (int)sizeof device) {
        errno = ENAMETOOLONG;
        return NULL;
    }
    const char *information[] = {device};
    struct cuse_info info;
    memset(&info, 0, sizeof info);
    info.dev_info_argc = 1;
    info.dev_info_argv = information;
    info.flags = CUSE_UNRESTRICTED_IOCTL;
    int descriptor = open("/dev/cuse", O_RDWR | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) return NULL;
    struct fuse_session *session = cuse_lowlevel_new(&args, &info, operations, user_data);
    if (session == NULL) {
        close(descriptor);
        errno = EINVAL;
        return NULL;
    }
    char place[32];
    snprintf(place, sizeof place, "/dev/fd/%d", descriptor);
    // From here on the descriptor is the session's.
    if (fuse_session_mount(session, place) != 0) {
        fuse_session_destroy(session);
        close(descriptor);
        errno = EINVAL;
        return NULL;
    }
    return session;
}

static inline int gatelog_cuse_errno(void) {
    return errno;
}

// Bit fields.
static inline void gatelog_cuse_stream(struct fuse_file_info *file) {
    file->direct_io = 1;
    file->nonseekable = 1;
}

// The place in the caller's memory where an ioctl's int goes.
static inline int gatelog_cuse_ask_int(fuse_req_t request, void *place) {
    struct iovec out = {place, sizeof(int)};
    return fuse_reply_ioctl_retry(request, NULL, 0, &out, 1);
}
