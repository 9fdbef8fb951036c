/* Reads the ipl devices as any program would: open, read, poll, ioctl. Commands go to the program behind file
 * descriptor 3, which writes records. Prints "ok NAME" or "FAIL NAME ..." for each thing that it tries. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SIOCIPFFB 0x80047242u
#define SIOCIPFINTERROR 0x80047262u
#define RECORD 156 /* a header, a packet's facts, 28 bytes of the packet */

static unsigned char buffer[1 << 20];
static int translations;

static void check(const char *name, int holds, long found) {
    if (holds)
        printf("ok %s\n", name);
    else
        printf("FAIL %s: %ld, errno %d (%s)\n", name, found, errno, strerror(errno));
    fflush(stdout);
}

static void ask(const char *command) {
    if (write(3, command, strlen(command)) < 0) perror("command");
}

static int waiting(int device) {
    int bytes = -1;
    return ioctl(device, FIONREAD, &bytes) == 0 ? bytes : -1;
}

static void await(int device, int bytes) {
    for (int tries = 0; tries < 2000 && waiting(device) < bytes; tries++) usleep(10000);
}

/* Waits until all that was asked for was done: commands are served in their order. */
static void settle(void) {
    ask("nat 1\n");
    await(translations, 208);
    if (read(translations, buffer, 4096) != 208) puts("FAIL settle");
}

static uint32_t word(const unsigned char *place) {
    uint32_t number;
    memcpy(&number, place, 4);
    return number;
}

static void interrupted(int signal) { (void)signal; }

static void plain_reads(int device) {
    check("nothing to read without waiting", read(device, buffer, 4096) == -1 && errno == EAGAIN, 0);
    check("nothing waits", waiting(device) == 0, waiting(device));
    struct pollfd poller = {device, POLLIN, 0};
    check("poll says nothing", poll(&poller, 1, 0) == 0, poller.revents);
    ask("packet 1 new\n");
    check("poll is told of a record", poll(&poller, 1, 20000) == 1 && poller.revents & POLLIN, poller.revents);
    check("FIONREAD tells its bytes", waiting(device) == RECORD, waiting(device));
    check("less than a header", read(device, buffer, 47) == -1 && errno == EINVAL, 0);
    check("length 0", read(device, buffer, 0) == 0, 0);
    check("no room for the first", read(device, buffer, RECORD - 1) == 0, 0);
    check("it stays", waiting(device) == RECORD, waiting(device));
    long count = read(device, buffer, 32768);
    check("a whole record", count == RECORD && memcmp(buffer, "MLPI", 4) == 0, count);
    check("its size, count and number", word(buffer + 32) == RECORD && word(buffer + 4) == 1 && word(buffer + 8) == 1,
        word(buffer + 8));
    ask("packet 3 new\n");
    await(device, 3 * RECORD);
    count = read(device, buffer, 2 * RECORD + 100);
    check("only whole records", count == 2 * RECORD, count);
    check("the rest next time", read(device, buffer, sizeof buffer) == RECORD, 0);
    ask("packet 1 new\npacket 4 same\n");
    settle();
    count = read(device, buffer, 32768);
    check("alike packets are one record", count == RECORD && word(buffer + 4) == 5, word(buffer + 4));
}

static void limits_and_requests(int device) {
    int number = -1;
    ask("packet 100 new\n");
    settle();
    check("the buffer has its limit", waiting(device) == 8192 / RECORD * RECORD, waiting(device));
    long count = read(device, buffer, sizeof buffer);
    check("the oldest stay", count == 52 * RECORD && word(buffer + 8) == 10, word(buffer + 8));
    ask("packet 2 new\n");
    await(device, 2 * RECORD);
    check("no permission to flush", ioctl(device, SIOCIPFFB, &number) == -1 && errno == EPERM, number);
    check("nothing was flushed", waiting(device) == 2 * RECORD, waiting(device));
    int writable = open("/dev/ipl", O_RDWR);
    check("flush", ioctl(writable, SIOCIPFFB, &number) == 0 && number == 2 * RECORD, number);
    check("nothing is left", waiting(device) == 0, waiting(device));
    check("flush of nothing", ioctl(writable, SIOCIPFFB, &number) == 0 && number == 0, number);
    check("no error to tell", ioctl(device, SIOCIPFINTERROR, &number) == 0 && number == 0, number);
    check("an unknown request", ioctl(device, 0x5401, buffer) == -1 && errno == ENOTTY, 0);
    check("nothing can be written", write(writable, "x", 1) == -1, 0);
    close(writable);
}

/* A child that waits in read; its status is 0 where it gets what is expected. */
static pid_t child_reads(long expected, int error, int alarm_after) {
    pid_t child = fork();
    if (child != 0) return child;
    int device = open("/dev/ipl", O_RDONLY);
    struct sigaction action = {.sa_handler = interrupted};
    sigaction(SIGALRM, &action, NULL);
    if (alarm_after) ualarm(alarm_after, alarm_after);
    long count = read(device, buffer, 32768);
    _exit(count == expected && (error == 0 || errno == error) ? 0 : 1);
}

static int status_of(pid_t child) {
    int status = -1;
    waitpid(child, &status, 0);
    return status;
}

static void waits(int device) {
    pid_t child = child_reads(RECORD, 0, 0);
    usleep(300000);
    ask("packet 1 new\n");
    check("a read waits for a record", status_of(child) == 0, 0);
    child = child_reads(-1, EINTR, 400000);
    check("a signal ends the wait", status_of(child) == 0, 0);
    child = child_reads(RECORD, 0, 0);
    usleep(300000);
    kill(child, SIGKILL);
    check("a reader can be killed while it waits", WIFSIGNALED(status_of(child)), 0);
    ask("packet 1 new\n");
    await(device, RECORD);
    check("what it waited for is the next one's", read(device, buffer, 32768) == RECORD, 0);
    child = fork();
    if (child == 0) {
        struct pollfd poller = {open("/dev/ipl", O_RDONLY), POLLIN, 0};
        _exit(poll(&poller, 1, 20000) == 1 ? 0 : 1);
    }
    usleep(300000);
    ask("packet 1 new\n");
    check("a poll waits for a record", status_of(child) == 0, 0);
    check("and leaves it", read(device, buffer, 32768) == RECORD, 0);
}

static void other_units(void) {
    int states = open("/dev/ipstate", O_RDONLY);
    ask("nat 1\nstate 2000\n");
    long count = read(translations, buffer, 32768);
    check("a translation", count == 208 && memcmp(buffer, "NLPI", 4) == 0, count);
    await(states, 2000 * 184);
    long total = 0, wrong = 0;
    while (waiting(states) > 0) {
        count = read(states, buffer, sizeof buffer);
        if (count <= 0 || count % 184 != 0 || memcmp(buffer, "SLPI", 4) != 0) {
            wrong = count;
            break;
        }
        total += count;
    }
    check("many states in long reads", total == 2000 * 184 && wrong == 0, wrong ? wrong : total);
    close(states);
}

static void many(int device) {
    struct timespec begin, end;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    long total = 0;
    for (int round = 0; round < 40; round++) {
        ask("packet 50 new\n");
        await(device, 50 * RECORD);
        for (long count; (count = read(device, buffer, 32768)) > 0;) total += count;
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    check("nothing is lost to who keeps up", total == 40 * 50 * RECORD, total);
    printf("# 2000 records in %ld ms\n",
        (end.tv_sec - begin.tv_sec) * 1000 + (end.tv_nsec - begin.tv_nsec) / 1000000);
}

int main(void) {
    signal(SIGPIPE, SIG_IGN);
    for (int tries = 0; tries < 2000 && access("/dev/ipstate", R_OK) != 0; tries++) usleep(10000);
    int device = open("/dev/ipl", O_RDONLY | O_NONBLOCK);
    check("open", device >= 0, device);
    if (device < 0) return 1;
    translations = open("/dev/ipnat", O_RDONLY);
    plain_reads(device);
    limits_and_requests(device);
    waits(device);
    other_units();
    many(device);
    ask("counts\n");
    settle();
    puts("done");
    return 0;
}
