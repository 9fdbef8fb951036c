// netinet/in.h first: another module that imports it must see the same definitions.
#include <netinet/in.h>
#include <errno.h>
#include <maxminddb.h>
#include <string.h>
#include <sys/stat.h>

// Opens a database; `words` says why not. A path that is no regular file is refused before it is opened, since
// opening a pipe would wait for its writer.
static inline int cmaxmind_open(const char *path, MMDB_s *mmdb, const char **words) {
    struct stat file;
    if (stat(path, &file) == 0 && !S_ISREG(file.st_mode)) {
        *words = "Not a regular file";
        return MMDB_FILE_OPEN_ERROR;
    }
    if (stat(path, &file) == 0 && file.st_size == 0) {
        return MMDB_UNKNOWN_DATABASE_FORMAT_ERROR;
    }
    int status = MMDB_open(path, MMDB_MODE_MMAP, mmdb);
    *words = status == MMDB_FILE_OPEN_ERROR || status == MMDB_IO_ERROR ? strerror(errno) : MMDB_strerror(status);
    return status;
}

// Socket addresses are built here, since Swift sees neither their casts nor s6_addr.

static inline MMDB_lookup_result_s cmaxmind_lookup_v4(const MMDB_s *mmdb, uint32_t address, int *error) {
    struct sockaddr_in socket = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(address)};
    return MMDB_lookup_sockaddr(mmdb, (const struct sockaddr *)&socket, error);
}

static inline MMDB_lookup_result_s cmaxmind_lookup_v6(const MMDB_s *mmdb, uint64_t high, uint64_t low, int *error) {
    struct sockaddr_in6 socket = {.sin6_family = AF_INET6};
    for (int i = 0; i < 8; i++) {
        socket.sin6_addr.s6_addr[i] = (uint8_t)(high >> (56 - 8 * i));
        socket.sin6_addr.s6_addr[8 + i] = (uint8_t)(low >> (56 - 8 * i));
    }
    return MMDB_lookup_sockaddr(mmdb, (const struct sockaddr *)&socket, error);
}

// The value at `first`, or at `second` inside it; `second` may be NULL. MMDB_get_value is variadic, and a path
// array in Swift would need an owner.
static inline int cmaxmind_value(MMDB_entry_s *entry, MMDB_entry_data_s *data, const char *first, const char *second) {
    const char *const path[] = {first, second, NULL};
    return MMDB_aget_value(entry, data, path);
}
