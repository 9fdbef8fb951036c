// netinet/in.h first: another module that imports it must see the same definitions.
#include <netinet/in.h>
#include <net/if.h>
#include <errno.h>
#include <poll.h>
#include <libmnl/libmnl.h>
#include <linux/if_addr.h>
#include <linux/if_arp.h>
#include <linux/if_link.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netfilter/nfnetlink_log.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>

// recvfrom(2) takes a sockaddr, netlink fills a sockaddr_nl: the cast stands here. `sender` is the port of who sent
// the datagram, 0 for the kernel. MSG_TRUNC makes the result the datagram's own length.
static inline ssize_t gatelog_netlink_receive(int descriptor, void *buffer, size_t capacity, unsigned int *sender) {
    struct sockaddr_nl address = {.nl_family = AF_NETLINK};
    socklen_t length = sizeof(address);
    ssize_t count = recvfrom(descriptor, buffer, capacity, MSG_DONTWAIT | MSG_TRUNC, (struct sockaddr *)&address, &length);
    *sender = address.nl_pid;
    return count;
}

// errno is a macro.
static inline int gatelog_netlink_errno(void) {
    return errno;
}
