// What Swift cannot import from the kernel's and the C library's headers:
// macros with casts, variadic functions, and structs with flexible arrays.
// Each addition says why it stands here.
#ifndef GATELOG_CLINUX_H
#define GATELOG_CLINUX_H

// netinet/in.h before any linux/ header, or later modules that include it
// refuse group_source_req as "not present in definition".
#include <netinet/in.h>
#include <net/if.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <netdb.h>
#include <sys/signalfd.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <syslog.h>
#include <sys/wait.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <time.h>
#include <dirent.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>

// open(2) is variadic, which Swift does not import.
static inline int gatelog_open(const char *path, int flags, unsigned int mode) {
    return open(path, flags, mode);
}

// O_TMPFILE is only there with _GNU_SOURCE; CLinux.c defines that.
int gatelog_open_unnamed(const char *folder, unsigned int mode);

// errno is a macro.
static inline int gatelog_errno(void) {
    return errno;
}

// Swift methods of these names hide the functions within a type that has them.
static inline int gatelog_close(int descriptor) {
    return close(descriptor);
}

static inline ssize_t gatelog_read(int descriptor, void *buffer, size_t count) {
    return read(descriptor, buffer, count);
}

static inline ssize_t gatelog_write(int descriptor, const void *buffer, size_t count) {
    return write(descriptor, buffer, count);
}

static inline int gatelog_rename(const char *old, const char *new_name) {
    return rename(old, new_name);
}

static inline int gatelog_unlink(const char *path) {
    return unlink(path);
}

static inline int gatelog_mkdir(const char *path, unsigned int mode) {
    return mkdir(path, mode);
}

static inline int gatelog_rmdir(const char *path) {
    return rmdir(path);
}

static inline int gatelog_ftruncate(int descriptor, long long length) {
    return ftruncate(descriptor, length);
}

// The name of an entry is an array at the end of its struct.
static inline const char *gatelog_entry_name(const struct dirent *entry) {
    return entry->d_name;
}

// pthread_setname_np is only there with _GNU_SOURCE; CLinux.c defines that.
void gatelog_name_thread(const char *name);

// `flock` is also the name of a struct.
static inline int gatelog_flock(int descriptor) {
    return flock(descriptor, LOCK_EX | LOCK_NB);
}

// PRIO_PROCESS is an enumeration whose type differs with the C library's feature macros.
static inline int gatelog_lower_priority(void) {
    return setpriority(PRIO_PROCESS, 0, 19);
}

// `stat` is also the name of its struct.
static inline int gatelog_stat(const char *path, struct stat *status) {
    return stat(path, status);
}

static inline const char *gatelog_getenv(const char *name) {
    return getenv(name);
}

// strerror_r has two signatures, chosen by feature macros; strerror.c takes the POSIX one.
int gatelog_strerror(int number, char *buffer, size_t capacity);

// SIG_IGN is a macro with a cast.
static inline void gatelog_ignore_broken_pipe(void) {
    signal(SIGPIPE, SIG_IGN);
}

// syslog(3) is variadic.
static inline void gatelog_syslog(int priority, const char *text) {
    syslog(priority, "%s", text);
}

// The address of a host is passed as any bytes.
static inline int gatelog_host_name(uint32_t address, char *buffer, size_t capacity) {
    struct sockaddr_in host = {.sin_family = AF_INET, .sin_addr = {.s_addr = htonl(address)}};
    return getnameinfo((const struct sockaddr *)&host, sizeof host, buffer, (socklen_t)capacity, NULL, 0, NI_NAMEREQD);
}

// fork(2) is kept from Swift, whose programs may have threads; who calls this has none.
static inline int gatelog_fork(void) {
    return fork();
}

// Requests of the ipl device (ipl(4)): _IOR is a macro with a cast.
static inline int gatelog_flush_records(int descriptor, int *bytes) {
    return ioctl(descriptor, _IOR('r', 66, int), bytes);
}

static inline int gatelog_bind(int descriptor, const struct sockaddr *address, socklen_t length) {
    return bind(descriptor, address, length);
}

static inline ssize_t gatelog_recv(int descriptor, void *buffer, size_t count, int flags) {
    return recv(descriptor, buffer, count, flags);
}

static inline ssize_t gatelog_send(int descriptor, const void *buffer, size_t count, int flags) {
    return send(descriptor, buffer, count, flags);
}

// The path of a local socket is an array within sockaddr_un; -1 with ENAMETOOLONG where it does not fit.
static inline int gatelog_local_address(const char *path, struct sockaddr_un *address) {
    if (strlen(path) >= sizeof address->sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    strcpy(address->sun_path, path);
    return 0;
}

static inline int gatelog_bind_local(int descriptor, const char *path) {
    struct sockaddr_un address;
    if (gatelog_local_address(path, &address) != 0) return -1;
    return bind(descriptor, (const struct sockaddr *)&address, sizeof address);
}

static inline int gatelog_connect_local(int descriptor, const char *path) {
    struct sockaddr_un address;
    if (gatelog_local_address(path, &address) != 0) return -1;
    return connect(descriptor, (const struct sockaddr *)&address, sizeof address);
}

// accept4 and struct ucred are only there with _GNU_SOURCE; CLinux.c defines that.
int gatelog_accept(int descriptor);
int gatelog_peer(int descriptor, int *process, unsigned int *user, unsigned int *group);
int gatelog_peer_groups(int descriptor, unsigned int *groups, int capacity);

// Programs beside this one: what is only there with _GNU_SOURCE, or variadic; spawn.c has it. The first returns an errno.
int gatelog_spawn(
    const char *path, char *const arguments[], char *const environment[], int input, int output, int *process);
int gatelog_pidfd_open(int process);
int gatelog_pipe(int ends[2]);
void gatelog_clear_ambient(void);

// fcntl is variadic.
static inline int gatelog_do_not_wait(int descriptor) {
    return fcntl(descriptor, F_SETFL, O_NONBLOCK);
}

// How a process ended is in macros: its exit status, or 256 and the signal.
static inline int gatelog_wait(int process) {
    int status = 0;
    while (waitpid(process, &status, 0) == -1)
        if (errno != EINTR) return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 256 + WTERMSIG(status);
}

static inline int gatelog_poll(struct pollfd *descriptors, nfds_t count, int milliseconds) {
    return poll(descriptors, count, milliseconds);
}

static inline int gatelog_connect(int descriptor, const struct sockaddr *address, socklen_t length) {
    return connect(descriptor, address, length);
}

// The kernel's struct tcp_info grows with its versions and clashes with the C library's, which lacks what we ask for.
// 1: told; 0: this kernel does not tell; -1: errno.
int gatelog_tcp_progress(int descriptor, uint64_t *acknowledged, uint32_t *window, uint32_t *silence);
// One UDP datagram and both its ends: the other's address and port, and which of ours it was sent to, so that an
// answer leaves from there. Control messages are walked by macros, and their structs are only there with _GNU_SOURCE;
// datagrams.c defines that. IPv4 addresses are mapped (::ffff:0:0/96); ports are in host order.
struct gatelog_datagram_ends {
    uint8_t remote[16];
    uint8_t local[16];
    uint32_t scope;
    uint32_t interface;
    uint16_t port;
    uint8_t has_local;
    uint8_t is_truncated;
};
ssize_t gatelog_receive_datagram(int descriptor, void *buffer, size_t capacity, struct gatelog_datagram_ends *ends);
ssize_t gatelog_send_datagram(
    int descriptor, int family, const void *bytes, size_t count, const struct gatelog_datagram_ends *ends);
// Binds to a port, and to an address unless it is NULL: 16 bytes, as in the ends.
int gatelog_bind_datagrams(int descriptor, int family, const void *address, uint16_t port);
// Options that tell the ends, and SK_MEMINFO_DROPS of SO_MEMINFO.
int gatelog_want_datagram_ends(int descriptor, int family);
uint32_t gatelog_datagrams_dropped(int descriptor);

// The system's resolver: unions of socket addresses, and EAI_... that are only there with _GNU_SOURCE (names.c).
// 1: yes, 0: no, -1: it could not say.
int gatelog_name_of_address(int is_v4, const void *address, char *host, size_t capacity);
int gatelog_name_has_address(const char *host, int is_v4, const void *address);

// MAP_FAILED is a macro with a cast; NULL stands for it here.
static inline void *gatelog_map(int descriptor, size_t length, int protection, int flags) {
    void *memory = mmap(NULL, length, protection, flags, descriptor, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

// Words that the kernel and we hand each other through shared memory: Swift has no atomics on foreign memory.
static inline uint32_t gatelog_load_acquire(const void *word) {
    return __atomic_load_n((const uint32_t *)word, __ATOMIC_ACQUIRE);
}

static inline void gatelog_store_release(void *word, uint32_t value) {
    __atomic_store_n((uint32_t *)word, value, __ATOMIC_RELEASE);
}

// Asks for a cache line before it is needed; any address will do. A compiler's builtin.
static inline void gatelog_prefetch(const void *memory) {
    __builtin_prefetch(memory);
}

// A program is handed over by pointer and count; the kernel copies it.
static inline int gatelog_set_program(
    int descriptor, int level, int option, const struct sock_filter *instructions, unsigned short count) {
    struct sock_fprog program = {count, (struct sock_filter *)instructions};
    return setsockopt(descriptor, level, option, &program, sizeof program);
}

// The layout of a TPACKET_V3 ring, as LiveCapture/Ring/RingLayout.swift reads it: macros with casts, unions and an
// address behind an aligned header are what Swift cannot import, so the numbers are written there and proved here.
_Static_assert(offsetof(struct tpacket_block_desc, hdr.bh1.block_status) == 8, "block_status");
_Static_assert(offsetof(struct tpacket_block_desc, hdr.bh1.num_pkts) == 12, "num_pkts");
_Static_assert(offsetof(struct tpacket_block_desc, hdr.bh1.offset_to_first_pkt) == 16, "offset_to_first_pkt");
_Static_assert(offsetof(struct tpacket_block_desc, hdr.bh1.blk_len) == 20, "blk_len");
_Static_assert(sizeof(struct tpacket_block_desc) == 48, "tpacket_block_desc");
_Static_assert(offsetof(struct tpacket3_hdr, tp_sec) == 4, "tp_sec");
_Static_assert(offsetof(struct tpacket3_hdr, tp_nsec) == 8, "tp_nsec");
_Static_assert(offsetof(struct tpacket3_hdr, tp_snaplen) == 12, "tp_snaplen");
_Static_assert(offsetof(struct tpacket3_hdr, tp_len) == 16, "tp_len");
_Static_assert(offsetof(struct tpacket3_hdr, tp_status) == 20, "tp_status");
_Static_assert(offsetof(struct tpacket3_hdr, tp_mac) == 24, "tp_mac");
_Static_assert(offsetof(struct tpacket3_hdr, tp_net) == 26, "tp_net");
_Static_assert(offsetof(struct tpacket3_hdr, hv1.tp_vlan_tci) == 32, "tp_vlan_tci");
_Static_assert(offsetof(struct tpacket3_hdr, hv1.tp_vlan_tpid) == 36, "tp_vlan_tpid");
_Static_assert(TPACKET_ALIGN(sizeof(struct tpacket3_hdr)) == 48, "sockaddr_ll behind the header");
_Static_assert(offsetof(struct sockaddr_ll, sll_protocol) == 2, "sll_protocol");
_Static_assert(offsetof(struct sockaddr_ll, sll_ifindex) == 4, "sll_ifindex");
_Static_assert(offsetof(struct sockaddr_ll, sll_hatype) == 8, "sll_hatype");
_Static_assert(offsetof(struct sockaddr_ll, sll_pkttype) == 10, "sll_pkttype");
_Static_assert(sizeof(struct sockaddr_ll) == 20, "sockaddr_ll");

#endif
