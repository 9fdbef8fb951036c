#define _GNU_SOURCE
#include "CLinux.h"
#include <netdb.h>

union name {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

int gatelog_name_of_address(int is_v4, const void *address, char *host, size_t capacity) {
    union name name;
    memset(&name, 0, sizeof name);
    socklen_t length;
    if (is_v4) {
        name.v4.sin_family = AF_INET;
        memcpy(&name.v4.sin_addr, address, 4);
        length = sizeof name.v4;
    } else {
        name.v6.sin6_family = AF_INET6;
        memcpy(&name.v6.sin6_addr, address, 16);
        length = sizeof name.v6;
    }
    switch (getnameinfo(&name.any, length, host, (socklen_t)capacity, NULL, 0, NI_NAMEREQD)) {
    case 0: return 1;
    case EAI_NONAME: return 0;
    default: return -1;
    }
}

int gatelog_name_has_address(const char *host, int is_v4, const void *address) {
    struct addrinfo hints = {.ai_family = is_v4 ? AF_INET : AF_INET6, .ai_socktype = SOCK_DGRAM};
    struct addrinfo *found = NULL;
    int result = getaddrinfo(host, NULL, &hints, &found);
    if (result == EAI_NONAME || result == EAI_NODATA) return 0;
    if (result != 0) return -1;
    int has = 0;
    for (struct addrinfo *at = found; at && !has; at = at->ai_next) {
        if (is_v4 && at->ai_family == AF_INET) {
            has = memcmp(&((struct sockaddr_in *)at->ai_addr)->sin_addr, address, 4) == 0;
        } else if (!is_v4 && at->ai_family == AF_INET6) {
            has = memcmp(&((struct sockaddr_in6 *)at->ai_addr)->sin6_addr, address, 16) == 0;
        }
    }
    freeaddrinfo(found);
    return has;
}
