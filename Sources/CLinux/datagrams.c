#define _GNU_SOURCE
#include "CLinux.h"
#include <linux/sock_diag.h>

// Room for the control message of either family.
union control {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(struct in6_pktinfo)) + CMSG_SPACE(sizeof(struct in_pktinfo))];
};

static void map(uint8_t *mapped, const struct in_addr *address) {
    memset(mapped, 0, 10);
    mapped[10] = mapped[11] = 0xff;
    memcpy(mapped + 12, address, 4);
}

ssize_t gatelog_receive_datagram(int descriptor, void *buffer, size_t capacity, struct gatelog_datagram_ends *ends) {
    struct sockaddr_in6 from;
    union control control;
    struct iovec part = {buffer, capacity};
    struct msghdr message = {
        .msg_name = &from, .msg_namelen = sizeof from, .msg_iov = &part, .msg_iovlen = 1,
        .msg_control = &control, .msg_controllen = sizeof control};
    memset(ends, 0, sizeof *ends);
    ssize_t count = recvmsg(descriptor, &message, MSG_DONTWAIT);
    if (count < 0) return count;
    ends->is_truncated = (message.msg_flags & MSG_TRUNC) != 0;
    if (from.sin6_family == AF_INET) {
        const struct sockaddr_in *from4 = (const struct sockaddr_in *)&from;
        map(ends->remote, &from4->sin_addr);
        ends->port = ntohs(from4->sin_port);
    } else {
        memcpy(ends->remote, &from.sin6_addr, 16);
        ends->port = ntohs(from.sin6_port);
        ends->scope = from.sin6_scope_id;
    }
    for (struct cmsghdr *at = CMSG_FIRSTHDR(&message); at; at = CMSG_NXTHDR(&message, at)) {
        if (at->cmsg_level == IPPROTO_IPV6 && at->cmsg_type == IPV6_PKTINFO) {
            struct in6_pktinfo info;
            memcpy(&info, CMSG_DATA(at), sizeof info);
            memcpy(ends->local, &info.ipi6_addr, 16);
            ends->interface = info.ipi6_ifindex;
            ends->has_local = 1;
        } else if (at->cmsg_level == IPPROTO_IP && at->cmsg_type == IP_PKTINFO) {
            struct in_pktinfo info;
            memcpy(&info, CMSG_DATA(at), sizeof info);
            map(ends->local, &info.ipi_spec_dst);
            ends->has_local = 1;
        }
    }
    return count;
}

ssize_t gatelog_send_datagram(
    int descriptor, int family, const void *bytes, size_t count, const struct gatelog_datagram_ends *ends) {
    struct sockaddr_in6 to6 = {.sin6_family = AF_INET6, .sin6_port = htons(ends->port), .sin6_scope_id = ends->scope};
    struct sockaddr_in to4 = {.sin_family = AF_INET, .sin_port = htons(ends->port)};
    memcpy(&to6.sin6_addr, ends->remote, 16);
    memcpy(&to4.sin_addr, ends->remote + 12, 4);
    union control control;
    memset(&control, 0, sizeof control);
    struct iovec part = {(void *)bytes, count};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    message.msg_name = family == AF_INET ? (void *)&to4 : (void *)&to6;
    message.msg_namelen = family == AF_INET ? sizeof to4 : sizeof to6;
    if (ends->has_local) {
        message.msg_control = &control;
        struct cmsghdr *at = &control.header;
        if (family == AF_INET) {
            struct in_pktinfo info = {0};
            memcpy(&info.ipi_spec_dst, ends->local + 12, 4);
            message.msg_controllen = CMSG_SPACE(sizeof info);
            *at = (struct cmsghdr){CMSG_LEN(sizeof info), IPPROTO_IP, IP_PKTINFO};
            memcpy(CMSG_DATA(at), &info, sizeof info);
        } else {
            struct in6_pktinfo info = {.ipi6_ifindex = ends->scope};
            memcpy(&info.ipi6_addr, ends->local, 16);
            message.msg_controllen = CMSG_SPACE(sizeof info);
            *at = (struct cmsghdr){CMSG_LEN(sizeof info), IPPROTO_IPV6, IPV6_PKTINFO};
            memcpy(CMSG_DATA(at), &info, sizeof info);
        }
    }
    return sendmsg(descriptor, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

int gatelog_want_datagram_ends(int descriptor, int family) {
    int yes = 1, no = 0;
    if (family == AF_INET) return setsockopt(descriptor, IPPROTO_IP, IP_PKTINFO, &yes, sizeof yes);
    setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no);
    return setsockopt(descriptor, IPPROTO_IPV6, IPV6_RECVPKTINFO, &yes, sizeof yes);
}

uint32_t gatelog_datagrams_dropped(int descriptor) {
    uint32_t numbers[SK_MEMINFO_VARS] = {0};
    socklen_t length = sizeof numbers;
    if (getsockopt(descriptor, SOL_SOCKET, SO_MEMINFO, numbers, &length) != 0) return 0;
    return length > SK_MEMINFO_DROPS * sizeof numbers[0] ? numbers[SK_MEMINFO_DROPS] : 0;
}

int gatelog_bind_datagrams(int descriptor, int family, const void *address, uint16_t port) {
    struct sockaddr_in6 name6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    struct sockaddr_in name4 = {.sin_family = AF_INET, .sin_port = htons(port)};
    if (address) {
        memcpy(&name6.sin6_addr, address, 16);
        memcpy(&name4.sin_addr, (const uint8_t *)address + 12, 4);
    }
    if (family == AF_INET) return bind(descriptor, (struct sockaddr *)&name4, sizeof name4);
    return bind(descriptor, (struct sockaddr *)&name6, sizeof name6);
}
