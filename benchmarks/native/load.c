/* Puts load on a relay whose members have joined already, and tells what it saw.
 *
 * The program that starts this one connects, does each protocol's handshake and
 * hands over open sockets; a plan of one word and its values a line comes on
 * standard input, figures as one JSON object go to standard output:
 *
 *   form SIZE PREFIX SUFFIX   how a message of SIZE bytes is wrapped (hex; - is
 *                             nothing); several forms are used in turn
 *   receiver FD ROOM WHOLE    a member that counts what it hears; WHOLE 0: the
 *                             system throws the bytes away and only their number
 *                             is compared with those of who reads them whole
 *   sender FD ROOM            a member that speaks; what it hears is thrown away
 *   process PID               whose processor time is measured
 *   messages N   in all, dealt out to the senders in turn
 *   warmup N R   before those, not counted, at a rate R of their own
 *   rate R       messages a second, due whether or not the relay keeps up; 0: as
 *                fast as it takes them
 *   timeout N    seconds in which no message is said or heard, after which it
 *                gives up
 *
 * A message begins with MAGIC, so it is found in any protocol's wrapping, is made
 * of the characters of a token, and ends before the end of a line. Each byte of it
 * is checked where it is read whole, and each sender's numbers have to come in
 * their order, once. Latency runs from the moment a message was due. One thread,
 * one epoll.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MAGIC "gAAAA_load_"
#define MAGIC_LENGTH 11
#define HEAD_LENGTH (MAGIC_LENGTH + 16 + 4 + 8 + 6) /* due, sender, number, size; all hex */
#define BUFFER (256 * 1024)
#define MOST_LINE (64 * 1024)
#define WRITE (64 * 1024) /* at once, by a sender without a rate */
#define MOST_SAMPLES (4u << 20)
#define NANO 1000000000ull
#define MOST_SETTLING (15 * NANO)

typedef struct {
    int size, prefix_length, suffix_length;
    char prefix[256], suffix[64];
} Form;

typedef struct Member {
    int fd, room, is_sender, reads_whole, waits, has_gone, is_done;
    int number;                       /* among the senders */
    uint64_t heard, bytes;            /* messages and bytes in this phase */
    uint32_t *expected;               /* the next number from each sender of its room */
    char *rest;                       /* the beginning of a message that was cut off */
    int rest_length;
    char *out;                        /* what a sender could not write yet */
    int out_from, out_to;
    uint32_t said, quota;             /* in this phase */
    struct Member *next_skimmed;      /* in its room */
} Member;

typedef struct {
    uint64_t bytes_enough; /* with so many a receiver has heard everything; 0: not known yet */
    uint32_t due;          /* messages that each receiver should hear */
    int receivers;
    Member *skimmed;       /* those of whom only the bytes are counted */
} Room;

static Form forms[64];
static Member *members;
static Room *rooms;
static Member **senders;
static int form_count, member_count, room_count, sender_count, receiver_count;
static int processes[1024], process_count, shortest = MOST_LINE;
static uint64_t message_total, warmup_total;
static double rate, measured_rate, warmup_rate, timeout_seconds = 20;

static int epoll;
static char buffer[MOST_LINE + BUFFER + 8];
static char filler[MOST_LINE];

static struct {
    uint64_t total, begun, finished, ended, next_due, last_progress, malformed, misordered;
    int waiting, gone; /* receivers that lack something; members whose connection has ended */
    uint32_t *arrived;  /* by message: how many receivers have it */
    uint64_t *reached;  /* by message: when the last one got it, after it was due */
    uint64_t latest;    /* how late the generator itself was at worst, and on average */
    uint64_t late_sum;
} phase;

static uint32_t *samples; /* latency in units of 100 ns */
static uint32_t sample_count, sample_every = 1, sample_skip;

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * NANO + time.tv_nsec;
}

static uint64_t own_processor_time(void) {
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (uint64_t)time.tv_sec * NANO + time.tv_nsec;
}

static void fail(const char *why) {
    fprintf(stderr, "load: %s\n", why);
    exit(2);
}

static void *allot(size_t count, size_t size) {
    void *memory = calloc(count ? count : 1, size);
    if (!memory) fail("out of memory");
    return memory;
}

/* Processor time of the relay's processes in nanoseconds, of threads that have ended as well. */
static uint64_t relay_processor_time(void) {
    uint64_t total = 0;
    for (int i = 0; i < process_count; i++) {
        clockid_t clock;
        struct timespec time;
        if (clock_getcpuclockid(processes[i], &clock) || clock_gettime(clock, &time)) continue;
        total += (uint64_t)time.tv_sec * NANO + time.tv_nsec;
    }
    return total;
}

/* All processors' busy time, in clock ticks: what others did meanwhile shows in it. */
static uint64_t machine_busy_ticks(void) {
    unsigned long long user, nice, system, idle, wait, irq, soft, steal;
    FILE *file = fopen("/proc/stat", "r");
    if (!file) return 0;
    int read = fscanf(file, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &user, &nice, &system,
                      &idle, &wait, &irq, &soft, &steal);
    fclose(file);
    return read == 8 ? user + nice + system + irq + soft + steal : 0;
}

/* ---- what is said ---- */

static void put_hex(char *to, uint64_t value, int digits) {
    for (int i = digits - 1; i >= 0; i--, value >>= 4) to[i] = "0123456789abcdef"[value & 15];
}

static int get_hex(const char *from, int digits, uint64_t *value) {
    *value = 0;
    for (int i = 0; i < digits; i++) {
        int c = from[i], digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        if (digit < 0) return 0;
        *value = *value << 4 | digit;
    }
    return 1;
}

/* Adds the sender's next message to what it has to write. */
static void say(Member *sender, uint64_t due) {
    const Form *form = &forms[(sender->said * 7919u + sender->number) % form_count];
    char *to = sender->out + sender->out_to;
    memcpy(to, form->prefix, form->prefix_length);
    to += form->prefix_length;
    memcpy(to, MAGIC, MAGIC_LENGTH);
    put_hex(to + MAGIC_LENGTH, due, 16);
    put_hex(to + MAGIC_LENGTH + 16, sender->number, 4);
    put_hex(to + MAGIC_LENGTH + 20, sender->said, 8);
    put_hex(to + MAGIC_LENGTH + 28, form->size, 6);
    memcpy(to + HEAD_LENGTH, filler, form->size - HEAD_LENGTH);
    memcpy(to + form->size, form->suffix, form->suffix_length);
    sender->out_to += form->prefix_length + form->size + form->suffix_length;
    sender->said++;
}

static void watch(Member *member, int operation) {
    struct epoll_event event = {.events = EPOLLIN | (member->waits ? EPOLLOUT : 0),
                                .data.ptr = member};
    epoll_ctl(epoll, operation, member->fd, &event);
}

static void lose(Member *member) {
    if (member->has_gone) return;
    member->has_gone = 1;
    epoll_ctl(epoll, EPOLL_CTL_DEL, member->fd, NULL);
    phase.gone++;
    phase.waiting -= !member->is_sender && !member->is_done;
}

/* Writes what the sender has; returns whether all of it went out. */
static int write_out(Member *sender) {
    while (sender->out_from < sender->out_to) {
        ssize_t size = send(sender->fd, sender->out + sender->out_from,
                            sender->out_to - sender->out_from, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (size < 0 && errno != EAGAIN) {
            lose(sender);
            return 0;
        }
        if (size < 0) {
            if (!sender->waits) {
                sender->waits = 1;
                watch(sender, EPOLL_CTL_MOD);
            }
            return 0;
        }
        sender->out_from += size;
        phase.last_progress = now();
    }
    sender->out_from = sender->out_to = 0;
    if (sender->waits) {
        sender->waits = 0;
        watch(sender, EPOLL_CTL_MOD);
    }
    return 1;
}

/* Says all that is due; returns nanoseconds until there is more to say. */
static uint64_t speak_at_rate(void) {
    static uint64_t turn;
    uint64_t moment = now();
    if (!phase.next_due) phase.next_due = moment, turn = 0;
    while (turn < phase.total && phase.next_due <= moment) {
        Member *sender = senders[turn % sender_count];
        if (sender->out_to > WRITE / 2) {  /* it lags: the rest is said when that has gone out */
            write_out(sender);
            if (sender->out_to > WRITE / 2) return NANO / 1000;
        }
        say(sender, phase.next_due);
        uint64_t late = now() - phase.next_due;
        phase.late_sum += late;
        if (late > phase.latest) phase.latest = late;
        write_out(sender);
        turn++;
        phase.next_due = phase.begun + (uint64_t)(turn * (NANO / rate));
    }
    if (turn == phase.total) return NANO / 10;
    moment = now();
    return phase.next_due > moment ? phase.next_due - moment : 0;
}

/* Lets each sender write as much as is taken; returns whether one could write more at once. */
static int speak_freely(void) {
    int more = 0;
    for (int i = 0; i < sender_count; i++) {
        Member *sender = senders[i];
        if (sender->has_gone || sender->waits || (sender->said == sender->quota && !sender->out_to))
            continue;
        uint64_t moment = now();
        while (sender->said < sender->quota && sender->out_to < WRITE) say(sender, moment);
        more |= write_out(sender) && sender->said < sender->quota;
    }
    return more;
}

/* ---- what is heard ---- */

static uint32_t in_samples(uint64_t latency) {
    return latency / 100 > UINT32_MAX ? UINT32_MAX : latency / 100;
}

static void sample(uint64_t latency) {
    if (sample_skip++ % sample_every) return;
    if (sample_count == MOST_SAMPLES) { /* keep every other one, and take as few from now on */
        for (uint32_t i = 0; i < MOST_SAMPLES / 2; i++) samples[i] = samples[2 * i];
        sample_count = MOST_SAMPLES / 2;
        sample_every *= 2;
    }
    samples[sample_count++] = in_samples(latency);
}

static void finish(Member *receiver) {
    if (receiver->is_done) return;
    receiver->is_done = 1;
    phase.waiting--;
    phase.finished = now();
}

/* Takes the message at `at`, of which `left` bytes are there; returns its size, 0: it is cut off. */
static int hear(Member *receiver, const char *at, size_t left, uint64_t moment) {
    uint64_t due, sender, number, size;
    if (left < HEAD_LENGTH) return 0;
    if (!get_hex(at + MAGIC_LENGTH, 16, &due) || !get_hex(at + MAGIC_LENGTH + 16, 4, &sender) ||
        !get_hex(at + MAGIC_LENGTH + 20, 8, &number) || !get_hex(at + MAGIC_LENGTH + 28, 6, &size) ||
        sender >= (uint64_t)sender_count || size < HEAD_LENGTH || size >= MOST_LINE) {
        phase.malformed++;
        return MAGIC_LENGTH;
    }
    if (left < size + 1) return 0;
    if (memcmp(at + HEAD_LENGTH, filler, size - HEAD_LENGTH) ||
        (at[size] != '\n' && at[size] != '\r')) {
        phase.malformed++;
        return MAGIC_LENGTH;
    }
    uint32_t *expected = &receiver->expected[sender];
    if (number != *expected) phase.misordered++;
    *expected = number + 1;
    receiver->heard++;
    uint64_t latency = moment > due ? moment - due : 0;
    sample(latency);
    if (phase.arrived) {
        uint64_t index = number * sender_count + sender;
        if (index < phase.total && ++phase.arrived[index] == (uint32_t)rooms[receiver->room].receivers)
            phase.reached[index] = latency;
    }
    return size;
}

/* Takes the byte count of who has just heard everything as what is enough for the others of the room.
 * Between messages a relay may have told one of them something of its own, so a little less than
 * a message may be lacking; with a message less it is not enough. */
static void settle_bytes(Room *room, uint64_t bytes) {
    if (room->bytes_enough) return;
    room->bytes_enough = bytes > (uint64_t)shortest ? bytes - shortest + 1 : 1;
    for (Member *member = room->skimmed; member; member = member->next_skimmed)
        if (member->bytes >= room->bytes_enough) finish(member);
}

static void read_whole(Member *member) {
    char *data = buffer + MOST_LINE - member->rest_length;
    memcpy(data, member->rest, member->rest_length);
    ssize_t size = recv(member->fd, buffer + MOST_LINE, BUFFER, MSG_DONTWAIT);
    if (size < 0 && errno == EAGAIN) return;
    if (size <= 0) {
        lose(member);
        return;
    }
    uint64_t moment = now();
    member->bytes += size;
    uint64_t heard_before = member->heard;
    char *end = buffer + MOST_LINE + size, *at = data;
    *end = 0;
    while (at < end) {
        char *found = memmem(at, end - at, MAGIC, MAGIC_LENGTH);
        if (!found) { /* perhaps the beginning of one */
            at = end - at >= MAGIC_LENGTH ? end - MAGIC_LENGTH + 1 : at;
            break;
        }
        int taken = hear(member, found, end - found, moment);
        at = found + taken;
        if (!taken) break;
        if (member->heard >= rooms[member->room].due && !member->is_done) {
            finish(member);
            settle_bytes(&rooms[member->room], member->bytes - (end - at));
        }
    }
    if (member->heard > heard_before || size >= shortest) phase.last_progress = moment;
    member->rest_length = end - at;
    if (member->rest_length && !member->rest) member->rest = allot(1, MOST_LINE);
    memcpy(member->rest, at, member->rest_length);
}

static void throw_away(Member *member) {
    ssize_t size = recv(member->fd, buffer, BUFFER, MSG_DONTWAIT | MSG_TRUNC);
    if (size < 0 && errno == EAGAIN) return;
    if (size <= 0) {
        lose(member);
        return;
    }
    if (member->is_sender) return;
    member->bytes += size;
    if (size >= shortest) phase.last_progress = now();
    uint64_t enough = rooms[member->room].bytes_enough;
    if (enough && member->bytes >= enough) finish(member);
}

/* ---- phases ---- */

static void turn(uint64_t wait) {
    static struct epoll_event events[1024];
    struct timespec timeout = {wait / NANO, wait % NANO};
    int count = epoll_pwait2(epoll, events, 1024, &timeout, NULL);
    for (int i = 0; i < count; i++) {
        Member *member = events[i].data.ptr;
        if (member->has_gone) continue;
        if (events[i].events & EPOLLOUT) write_out(member);
        if (events[i].events & ~EPOLLOUT) {
            if (member->is_sender || !member->reads_whole) throw_away(member);
            else read_whole(member);
        }
    }
}

/* Reads until nothing has been said or heard for a while, but for no more than some seconds. */
static void settle(uint64_t quiet) {
    uint64_t begun = phase.last_progress = now();
    while (now() - phase.last_progress < quiet && now() - begun < MOST_SETTLING) turn(quiet / 4);
}

static void begin(uint64_t total) {
    free(phase.arrived);
    free(phase.reached);
    memset(&phase, 0, sizeof phase);
    phase.total = total;
    if (rate && total <= MOST_SAMPLES) {
        phase.arrived = allot(total, sizeof *phase.arrived);
        phase.reached = allot(total, sizeof *phase.reached);
    }
    sample_count = sample_skip = 0, sample_every = 1;
    for (int i = 0; i < room_count; i++) rooms[i].due = rooms[i].bytes_enough = 0;
    for (int i = 0; i < sender_count; i++) {
        senders[i]->said = 0;
        senders[i]->quota = total / sender_count + ((uint64_t)i < total % sender_count);
        rooms[senders[i]->room].due += senders[i]->quota;
    }
    for (int i = 0; i < member_count; i++) {
        Member *member = &members[i];
        member->heard = member->bytes = member->rest_length = 0;
        member->is_done = !rooms[member->room].due;
        phase.waiting += !member->is_sender && !member->has_gone && !member->is_done;
        if (member->expected) memset(member->expected, 0, sender_count * sizeof *member->expected);
    }
    phase.begun = phase.last_progress = phase.finished = now();
}

static void run(uint64_t total) {
    begin(total);
    while (phase.waiting > 0 && now() - phase.last_progress < timeout_seconds * NANO)
        turn(rate ? speak_at_rate() : speak_freely() ? 0 : NANO / 10);
    phase.ended = now();
}

static int by_size(const void *left, const void *right) {
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

static void print_quantiles(const char *name, uint32_t *values, uint32_t count, double microseconds) {
    qsort(values, count, sizeof *values, by_size);
    printf("\"%s\": {", name);
    const double shares[] = {0.5, 0.9, 0.99, 1.0};
    const char *names[] = {"p50", "p90", "p99", "max"};
    for (int i = 0; i < 4; i++) {
        uint32_t at = count ? (uint32_t)(shares[i] * (count - 1)) : 0;
        printf("%s\"%s\": %.1f", i ? ", " : "", names[i], count ? values[at] * microseconds : 0.0);
    }
    printf("}, ");
}

static uint32_t receivers_of(uint64_t message) {
    return rooms[senders[message % sender_count]->room].receivers;
}

static void print_reached(void) {
    uint32_t count = 0, *values = allot(phase.total, sizeof *values);
    for (uint64_t i = 0; phase.reached && i < phase.total; i++)
        if (phase.arrived[i] >= receivers_of(i)) values[count++] = in_samples(phase.reached[i]);
    print_quantiles("last_receiver_us", values, count, 0.1);
    free(values);
}

/* How many messages a receiver has; of one that is skimmed, as many as its bytes make. */
static uint64_t heard_by(const Member *receiver) {
    const Room *room = &rooms[receiver->room];
    if (receiver->is_done) return room->due;
    if (receiver->reads_whole) return receiver->heard;
    double whole = room->bytes_enough + shortest - 1;
    return room->bytes_enough ? (uint64_t)(room->due * (receiver->bytes / whole)) : 0;
}

static void report(uint64_t own, uint64_t relay, uint64_t machine) {
    double seconds = (double)(phase.finished - phase.begun) / NANO;
    double elapsed = (double)(phase.ended - phase.begun) / NANO;
    double busy = (double)machine / sysconf(_SC_CLK_TCK);
    uint64_t heard = 0, due = 0;
    for (int i = 0; i < member_count; i++) {
        if (members[i].is_sender) continue;
        due += rooms[members[i].room].due;
        heard += heard_by(&members[i]);
    }
    printf("{");
    print_quantiles("latency_us", samples, sample_count, 0.1);
    print_reached();
    printf("\"deliveries\": %llu, \"missing\": %llu, \"malformed\": %llu, \"misordered\": %llu, "
           "\"gone\": %d, \"seconds\": %.6f, \"elapsed\": %.6f, \"relay_cpu_seconds\": %.6f, "
           "\"load_cpu_seconds\": %.6f, \"machine_cpu_seconds\": %.3f, \"late_us\": %.1f, "
           "\"latest_us\": %.1f}\n",
           (unsigned long long)heard, (unsigned long long)(due - heard),
           (unsigned long long)phase.malformed, (unsigned long long)phase.misordered, phase.gone,
           seconds, elapsed, relay / 1e9, own / 1e9, busy, phase.late_sum / 1e3 / phase.total,
           phase.latest / 1e3);
}

/* ---- the plan ---- */

static int from_hex(const char *text, char *to, int most) {
    if (!strcmp(text, "-")) return 0;
    int length = strlen(text) / 2;
    if (length > most) fail("a prefix or suffix is too long");
    for (int i = 0; i < length; i++) {
        uint64_t value;
        if (!get_hex(text + 2 * i, 2, &value)) fail("a prefix or suffix is not in hex");
        to[i] = value;
    }
    return length;
}

static void add_member(int fd, int room, int is_sender, int reads_whole) {
    static int space;
    if (member_count == space) {
        space = space * 2 + 64;
        members = realloc(members, space * sizeof *members);
        if (!members) fail("out of memory");
    }
    members[member_count++] =
        (Member){.fd = fd, .room = room, .is_sender = is_sender, .reads_whole = reads_whole};
    if (room >= room_count) room_count = room + 1;
    sender_count += is_sender;
    receiver_count += !is_sender;
}

static void read_plan(void) {
    static char line[2048], first[1024], second[512];
    int a, b, c;
    while (fgets(line, sizeof line, stdin)) {
        if (sscanf(line, "form %d %1000s %500s", &a, first, second) == 3 && form_count < 64) {
            Form *form = &forms[form_count++];
            form->size = a;
            form->prefix_length = from_hex(first, form->prefix, sizeof form->prefix);
            form->suffix_length = from_hex(second, form->suffix, sizeof form->suffix);
            if (a < HEAD_LENGTH || a >= MOST_LINE) fail("a message's size is out of range");
            if (a < shortest) shortest = a;
        } else if (sscanf(line, "receiver %d %d %d", &a, &b, &c) == 3) add_member(a, b, 0, c);
        else if (sscanf(line, "sender %d %d", &a, &b) == 2) add_member(a, b, 1, 0);
        else if (sscanf(line, "process %d", &a) == 1 && process_count < 1024)
            processes[process_count++] = a;
       
        else if (sscanf(line, "messages %d", &a) == 1) message_total = a;
        else if (sscanf(line, "warmup %d %lf", &a, &warmup_rate) == 2) warmup_total = a;
        else if (sscanf(line, "rate %lf", &measured_rate) == 1) continue;
        else if (sscanf(line, "timeout %lf", &timeout_seconds) == 1) continue;
        else fail("a line of the plan cannot be read");
    }
    if (!form_count || !sender_count || !receiver_count || !message_total) fail("the plan is not complete");
}

static void prepare_sender(Member *sender, int number) {
    sender->number = number;
    sender->out = allot(1, WRITE + MOST_LINE + 512);
    senders[number] = sender;
}

static void prepare_receiver(Member *receiver) {
    Room *room = &rooms[receiver->room];
    room->receivers++;
    if (receiver->reads_whole) receiver->expected = allot(sender_count, sizeof *receiver->expected);
    else {
        receiver->next_skimmed = room->skimmed;
        room->skimmed = receiver;
    }
}

static void prepare(void) {
    rooms = allot(room_count, sizeof *rooms);
    senders = allot(sender_count, sizeof *senders);
    samples = allot(MOST_SAMPLES, sizeof *samples);
    memset(filler, 'x', sizeof filler);
    epoll = epoll_create1(EPOLL_CLOEXEC);
    prctl(PR_SET_TIMERSLACK, 1ul); /* else the system wakes us up to 50 us late */
    int number = 0;
    for (int i = 0; i < member_count; i++) {
        if (members[i].is_sender) prepare_sender(&members[i], number++);
        else prepare_receiver(&members[i]);
        watch(&members[i], EPOLL_CTL_ADD);
    }
}

int main(void) {
    read_plan();
    prepare();
    settle(NANO / 4);
    if (warmup_total) {
        rate = warmup_rate;
        run(warmup_total);
        if (phase.waiting || phase.gone) fail("not all of the warm-up has arrived");
        settle(NANO / 4);
    }
    uint64_t own = own_processor_time(), relay = relay_processor_time(), machine = machine_busy_ticks();
    rate = measured_rate;
    run(message_total);
    own = own_processor_time() - own, relay = relay_processor_time() - relay;
    machine = machine_busy_ticks() - machine;
    settle(NANO / 20); /* what comes once more, comes now */
    report(own, relay, machine);
    return 0;
}
