// The limit: a thread per core, each with an epoll instance of its own, edge-triggered; every request (whatever ends in an empty line) is
// answered with the same bytes, requests that came together with one send. Prints "Listening on ADDRESS". Argument: the number of threads.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MAX_THREADS = 64, MAX_EVENTS = 256, BUFFER = 16 * 1024, MAX_BATCH = 64, MAX_FD = 65536 };

static const char keep[] = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\nContent-Length: 13\r\n\r\nHello, World!";
static const char last[] = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\nConnection: close\r\nContent-Length: 13\r\n\r\nHello, World!";
static char batch[MAX_BATCH * (sizeof keep - 1)];

static int listener, threads;
static int loops[MAX_THREADS];
static struct { char *bytes; int length; } rest[MAX_FD]; // the beginning of a request that has not ended

static void serve(int fd)
{
    static __thread char buffer[BUFFER];
    int kept = rest[fd].length;
    if (kept) memcpy(buffer, rest[fd].bytes, kept);
    for (;;) {
        ssize_t n = recv(fd, buffer + kept, sizeof buffer - kept, 0);
        if (n < 0 && errno == EAGAIN) return;
        if (n <= 0) { free(rest[fd].bytes); rest[fd].bytes = NULL; rest[fd].length = 0; close(fd); return; }
        char *begin = buffer, *end = buffer + kept + n, *blank;
        int requests = 0, closes = 0;
        while (begin < end && (blank = memmem(begin, end - begin, "\r\n\r\n", 4))) {
            requests++;
            closes = memmem(begin, blank - begin, "\r\nConnection: close", 19) != NULL;
            begin = blank + 4;
        }
        if (closes) {
            send(fd, last, sizeof last - 1, MSG_NOSIGNAL);
            close(fd);
            return;
        }
        for (; requests > 0; requests -= MAX_BATCH)
            send(fd, batch, (requests < MAX_BATCH ? requests : MAX_BATCH) * (sizeof keep - 1), MSG_NOSIGNAL);
        kept = end - begin;
        rest[fd].length = kept;
        if (kept) {
            if (!rest[fd].bytes) rest[fd].bytes = malloc(BUFFER);
            memcpy(rest[fd].bytes, begin, kept);
            memmove(buffer, begin, kept);
        }
        if (n < (ssize_t)sizeof buffer) return; // drained: more brings an edge
    }
}

static void *run(void *argument)
{
    int epoll = loops[(intptr_t)argument];
    struct epoll_event events[MAX_EVENTS];
    static int next;
    for (;;) {
        int count = epoll_wait(epoll, events, MAX_EVENTS, -1);
        for (int i = 0; i < count; i++) {
            if (events[i].data.fd != listener) { serve(events[i].data.fd); continue; }
            for (int accepted = 0; accepted < 64; accepted++) {
                int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
                if (fd < 0) break;
                struct epoll_event event = { .events = EPOLLIN | EPOLLRDHUP | EPOLLET, .data.fd = fd };
                epoll_ctl(loops[__atomic_fetch_add(&next, 1, __ATOMIC_RELAXED) % threads], EPOLL_CTL_ADD, fd, &event);
            }
        }
    }
    return NULL;
}

int main(int argc, char **argv)
{
    threads = argc > 1 ? atoi(argv[1]) : 1;
    if (threads < 1 || threads > MAX_THREADS) threads = MAX_THREADS;
    for (int i = 0; i < MAX_BATCH; i++) memcpy(batch + i * (sizeof keep - 1), keep, sizeof keep - 1);

    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t length = sizeof address;
    int on = 1;
    listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, length) || listen(listener, 65535)) { perror("listen"); return 1; }
    getsockname(listener, (struct sockaddr *)&address, &length);

    for (int i = 0; i < threads; i++) loops[i] = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = { .events = EPOLLIN, .data.fd = listener };
    epoll_ctl(loops[0], EPOLL_CTL_ADD, listener, &event);
    printf("Listening on 127.0.0.1:%d, pid %d\n", ntohs(address.sin_port), getpid());
    fflush(stdout);
    pthread_t thread;
    for (int i = 1; i < threads; i++) pthread_create(&thread, NULL, run, (void *)(intptr_t)i);
    run(NULL);
}
