// The floor of reading a capture: read(2) into one buffer and a walk from length to length. No packet is looked at;
// whatever filters a file this way costs more.
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { size = 256 * 1024 };

int main(int count, char **words) {
    int file = count > 1 ? open(words[1], O_RDONLY) : -1;
    char *buffer = aligned_alloc(4096, size);
    if (file < 0 || !buffer) return 2;
    size_t have = 0, at = 24;
    uint64_t packets = 0;
    for (ssize_t more; (more = read(file, buffer + have, size - have)) > 0;) {
        have += (size_t)more;
        while (at + 16 <= have) {
            uint32_t length;
            memcpy(&length, buffer + at + 8, sizeof length);
            if (length > size - 32 || at + 16 + length > have) break;
            at += 16 + length;
            packets++;
        }
        memmove(buffer, buffer + at, have - at);
        have -= at;
        at = 0;
    }
    printf("%llu\n", (unsigned long long)packets);
    return 0;
}
