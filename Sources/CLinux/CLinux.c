#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sys/socket.h>

int gatelog_open_unnamed(const char *folder, unsigned int mode);

int gatelog_open_unnamed(const char *folder, unsigned int mode) {
    return open(folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, mode);
}

void gatelog_name_thread(const char *name);

void gatelog_name_thread(const char *name) {
    pthread_setname_np(pthread_self(), name);
}

int gatelog_accept(int descriptor);

int gatelog_accept(int descriptor) {
    return accept4(descriptor, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

int gatelog_peer(int descriptor, int *process, unsigned int *user, unsigned int *group);

int gatelog_peer(int descriptor, int *process, unsigned int *user, unsigned int *group) {
    struct ucred peer;
    socklen_t length = sizeof peer;
    if (getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0) return -1;
    *process = peer.pid;
    *user = peer.uid;
    *group = peer.gid;
    return 0;
}

int gatelog_peer_groups(int descriptor, unsigned int *groups, int capacity);

int gatelog_peer_groups(int descriptor, unsigned int *groups, int capacity) {
#ifdef SO_PEERGROUPS
    socklen_t length = (socklen_t)capacity * sizeof *groups;
    if (getsockopt(descriptor, SOL_SOCKET, SO_PEERGROUPS, groups, &length) != 0) return -1;
    return (int)(length / sizeof *groups);
#else
    return -1;
#endif
}
