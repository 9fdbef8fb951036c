#define _GNU_SOURCE
#include <fcntl.h>

int gatelog_open_unnamed(const char *folder, unsigned int mode);

int gatelog_open_unnamed(const char *folder, unsigned int mode) {
    return open(folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, mode);
}
