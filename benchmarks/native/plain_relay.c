/* What a relay costs when it does nothing but the calls that cannot be left out.
 *
 *   plain_relay PORT [ROOMS]
 *
 * Every line that one connection writes goes to all others of the same port. One
 * thread: epoll, recv, and for each reader one send of everything that it lacks.
 * No handshake, no check, no limits, no acknowledgement, nothing is counted. With
 * ROOMS, so many processes serve as many ports from PORT on, a room each.
 *
 * The room is a log of bytes in a ring; a connection is a place in it. Who lags a
 * whole ring behind makes the senders wait, so nothing is lost.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <signal.h>
#include <unistd.h>

#define RING (8u << 20)
#define READ (64u * 1024)
#define MOST_LINE (128u * 1024)

typedef struct Range {
    uint64_t from, to;
    struct Range *next;
} Range;

typedef struct Peer {
    int fd, is_full, is_held, is_dead;
    uint64_t place;       /* the next byte of the log that it is due */
    Range *own, *newest;  /* what it wrote itself, and has not passed yet */
    char *rest;           /* a line that is not finished */
    unsigned rest_length;
    struct Peer *next, *previous;
} Peer;

static char ring[RING];
static char incoming[MOST_LINE + READ];
static uint64_t head, slowest;
static Peer *peers;
static int epoll, held;

static void want(Peer *peer) {
    struct epoll_event event = {.events = (peer->is_held ? 0 : EPOLLIN) | (peer->is_full ? EPOLLOUT : 0),
                                .data.ptr = peer};
    epoll_ctl(epoll, EPOLL_CTL_MOD, peer->fd, &event);
}

static void end(Peer *peer) {
    if (peer->is_dead) return;
    peer->is_dead = 1;
    close(peer->fd);
    if (peer->previous) peer->previous->next = peer->next;
    else peers = peer->next;
    if (peer->next) peer->next->previous = peer->previous;
    held -= peer->is_held;
}

static void set_full(Peer *peer, int is_full) {
    if (peer->is_full != is_full) {
        peer->is_full = is_full;
        want(peer);
    }
}

static void flush(Peer *peer) {
    while (peer->place < head) {
        Range *own = peer->own;
        if (own && own->from == peer->place) {
            peer->place = own->to;
            peer->own = own->next;
            free(own);
            continue;
        }
        uint64_t to = own ? own->from : head;
        size_t at = peer->place % RING, size = to - peer->place;
        if (size > RING - at) size = RING - at;
        ssize_t sent = send(peer->fd, ring + at, size, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN) {
            end(peer);
            return;
        }
        peer->place += sent > 0 ? sent : 0;
        if (sent < (ssize_t)size) {
            set_full(peer, 1);
            return;
        }
    }
    set_full(peer, 0);
}

static int has_space(void) {
    if (head + MOST_LINE + READ - slowest <= RING) return 1;
    slowest = head;
    for (Peer *peer = peers; peer; peer = peer->next)
        if (peer->place < slowest) slowest = peer->place;
    return head + MOST_LINE + READ - slowest <= RING;
}

static void append(Peer *peer, const char *lines, size_t size) {
    size_t at = head % RING, first = size < RING - at ? size : RING - at;
    memcpy(ring + at, lines, first);
    memcpy(ring, lines + first, size - first);
    if (peer->own && peer->newest->to == head) peer->newest->to += size;
    else {
        Range *range = calloc(1, sizeof *range);
        range->from = head, range->to = head + size;
        if (peer->own) peer->newest->next = range;
        else peer->own = range;
        peer->newest = range;
    }
    head += size;
}

static void take(Peer *peer) {
    if (!has_space()) {
        if (peer->is_held) return; /* it has hung up, and waits all the same */
        peer->is_held = 1;
        held++;
        want(peer);
        return;
    }
    memcpy(incoming, peer->rest, peer->rest_length);
    ssize_t size = recv(peer->fd, incoming + peer->rest_length, READ, MSG_DONTWAIT);
    if (size < 0 && errno == EAGAIN) return;
    if (size <= 0) {
        end(peer);
        return;
    }
    size += peer->rest_length;
    char *last = memrchr(incoming, '\n', size);
    size_t whole = last ? (size_t)(last - incoming) + 1 : 0;
    peer->rest_length = size - whole;
    if (peer->rest_length > MOST_LINE) {
        end(peer);
        return;
    }
    if (peer->rest_length) {
        if (!peer->rest) peer->rest = malloc(MOST_LINE);
        memcpy(peer->rest, incoming + whole, peer->rest_length);
    }
    if (whole) append(peer, incoming, whole);
}

static void welcome(int listener) {
    int fd, one = 1;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        Peer *peer = calloc(1, sizeof *peer);
        peer->fd = fd, peer->place = head, peer->next = peers;
        if (peers) peers->previous = peer;
        peers = peer;
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = peer};
        epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
    }
}

static _Noreturn void serve(int listener) {
    static struct epoll_event events[1024];
    Peer *dead[1024];
    struct epoll_event first = {.events = EPOLLIN, .data.ptr = NULL};
    epoll = epoll_create1(0);
    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &first);
    for (;;) {
        int count = epoll_wait(epoll, events, 1024, -1), dead_count = 0;
        uint64_t before = head;
        for (int i = 0; i < count; i++) {
            Peer *peer = events[i].data.ptr;
            if (!peer) {
                welcome(listener);
                continue;
            }
            if (events[i].events & EPOLLOUT) flush(peer);
            if (!peer->is_dead && events[i].events & ~EPOLLOUT) take(peer);
            if (peer->is_dead) dead[dead_count++] = peer;
        }
        if (head != before)
            for (Peer *peer = peers, *next; peer; peer = next) {
                next = peer->next;
                if (!peer->is_full) flush(peer); /* one that fails here is left to be: a few bytes */
            }
        if (held && has_space())
            for (Peer *peer = peers; peer; peer = peer->next)
                if (peer->is_held) {
                    peer->is_held = 0;
                    held--;
                    want(peer);
                }
        while (dead_count) free(dead[--dead_count]);
    }
}

static int listen_on(int port) {
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 4096)) {
        perror("plain_relay");
        exit(1);
    }
    return listener;
}

int main(int count, char **words) {
    if (count < 2) {
        fprintf(stderr, "usage: plain_relay PORT [ROOMS]\n");
        return 2;
    }
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    int port = atoi(words[1]), rooms = count > 2 ? atoi(words[2]) : 1;
    for (int room = 1; room < rooms; room++) {
        int listener = listen_on(port + room);
        if (!fork()) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            serve(listener);
        }
        close(listener);
    }
    serve(listen_on(port));
}
