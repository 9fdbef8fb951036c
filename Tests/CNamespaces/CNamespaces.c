#define _GNU_SOURCE
#include "CNamespaces.h"
#include <errno.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

int gatelog_enter_network(int descriptor) {
    return setns(descriptor, CLONE_NEWNET) == 0 ? 0 : errno;
}

int gatelog_set_network_admin(int on) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct sets[2];
    if (syscall(SYS_capget, &header, sets)) return errno;
    unsigned bit = 1u << CAP_NET_ADMIN;
    sets[0].effective = on ? sets[0].effective | bit : sets[0].effective & ~bit;
    return syscall(SYS_capset, &header, sets) ? errno : 0;
}
