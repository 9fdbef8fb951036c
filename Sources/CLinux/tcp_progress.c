// The kernel's struct tcp_info is only in a header that clashes with the C library's of the same purpose.
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

int gatelog_tcp_progress(int descriptor, uint64_t *acknowledged, uint32_t *window, uint32_t *silence);

int gatelog_tcp_progress(int descriptor, uint64_t *acknowledged, uint32_t *window, uint32_t *silence) {
    struct tcp_info info;
    memset(&info, 0, sizeof info);
    socklen_t length = sizeof info;
    if (getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &info, &length) != 0) return -1;
    *acknowledged = info.tcpi_bytes_acked;
    // Since Linux 5.4; without it the window is unknown, which 0 stands for.
    *window = length >= offsetof(struct tcp_info, tcpi_snd_wnd) + sizeof info.tcpi_snd_wnd ? info.tcpi_snd_wnd : 0;
    *silence = info.tcpi_last_ack_recv;
    return length >= offsetof(struct tcp_info, tcpi_bytes_acked) + sizeof info.tcpi_bytes_acked ? 1 : 0;
}
