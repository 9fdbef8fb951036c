#define _GNU_SOURCE
#include "CNamespaces.h"
#include <errno.h>
#include <sched.h>

int gatelog_enter_network(int descriptor) {
    return setns(descriptor, CLONE_NEWNET) == 0 ? 0 : errno;
}
