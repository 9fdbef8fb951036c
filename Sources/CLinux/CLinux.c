#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>

int gatelog_open_unnamed(const char *folder, unsigned int mode);

int gatelog_open_unnamed(const char *folder, unsigned int mode) {
    return open(folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, mode);
}

void gatelog_name_thread(const char *name);

void gatelog_name_thread(const char *name) {
    pthread_setname_np(pthread_self(), name);
}
