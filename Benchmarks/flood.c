// flood ADDRESS PORT PACKETS PER_SECOND SIZE: sends UDP datagrams at an even pace (0: as fast as it goes), and says on
// one line how many were sent in how many seconds. For Benchmarks/firewall_log.py.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { BATCH = 32 };

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

int main(int count, char **arguments) {
    if (count != 6) return fprintf(stderr, "flood ADDRESS PORT PACKETS PER_SECOND SIZE\n"), 2;
    struct sockaddr_in peer = {.sin_family = AF_INET, .sin_port = htons(atoi(arguments[2]))};
    inet_pton(AF_INET, arguments[1], &peer.sin_addr);
    long packets = atol(arguments[3]), rate = atol(arguments[4]), sent = 0;
    static char bytes[65536];
    struct iovec piece = {bytes, atoi(arguments[5])};
    struct mmsghdr messages[BATCH];
    memset(messages, 0, sizeof messages);
    for (int i = 0; i < BATCH; i++) {
        messages[i].msg_hdr.msg_iov = &piece;
        messages[i].msg_hdr.msg_iovlen = 1;
    }
    int descriptor = socket(AF_INET, SOCK_DGRAM, 0);
    if (connect(descriptor, (struct sockaddr *)&peer, sizeof peer)) return perror("connect"), 1;
    double start = now();
    while (sent < packets) {
        long left = packets - sent;
        int done = sendmmsg(descriptor, messages, left < BATCH ? left : BATCH, 0);
        // An answer of the other side that nobody listens shows here; the datagram goes out all the same.
        if (done > 0) sent += done;
        while (rate > 0 && now() - start < (double)sent / rate) {
            struct timespec nap = {0, 50000};
            nanosleep(&nap, NULL);
        }
    }
    printf("%ld %.3f\n", sent, now() - start);
    return 0;
}
