#define _POSIX_C_SOURCE 200112L
#include <string.h>

// Without _GNU_SOURCE strerror_r fills the buffer and returns 0, or an error.
int gatelog_strerror(int number, char *buffer, size_t capacity);

int gatelog_strerror(int number, char *buffer, size_t capacity) {
    return strerror_r(number, buffer, capacity);
}
