/* The controller of table.c as a program: table link on standard input and output, and a small
   simulated bed behind it. On a board this file is what differs: a clock, a UART, pins.

   --bed FILE    writes the true tilt there every 10 ms, in millidegrees, and how often this board has
                 started, as one line; a new start finds the bed as the line says. The file is locked:
                 two programs cannot have one bed
   --hands FILE  reads what hands and trouble do from there: "SWITCHES LATCHES TROUBLE", three
                 numbers as in al_telemetry.switches, the latches closed (bits 0 and 1), and below
   --boot N      how often this board has started

   The program outlives its host: when its input ends it goes on until the bed is home. */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "table.h"

enum { TICK_MS = 10, HOME_MS = 2000, GIVE_UP_MS = 60000 };
enum trouble { FINE, BLOCKED, NO_SENSOR, RUNS_AWAY };

struct bed {
    int32_t tilt, rate; /* what is true */
    int64_t micro;      /* thousandths of a millidegree */
    int trouble;
};

static uint32_t clock_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint32_t)now.tv_sec * 1000u + (uint32_t)(now.tv_nsec / 1000000);
}

/* A worm drive: it follows the setpoint, slows at 8 degrees a second each second, holds. */
static void turn(struct bed *bed, const struct table_outputs *out, int32_t dt)
{
    int32_t want = out->relay ? out->setpoint : 0, most = want == 0 ? 8 * dt : 20 * dt;
    int32_t change = want - bed->rate;
    if (bed->trouble == RUNS_AWAY && out->relay) {
        bed->rate = 5000;
    } else if (out->brake || bed->trouble == BLOCKED) {
        bed->rate = 0;
    } else {
        bed->rate += change > most ? most : change < -most ? -most : change;
    }
    bed->micro += (int64_t)bed->rate * dt;
    if (bed->micro > 75000000)
        bed->micro = 75000000;
    if (bed->micro < -90000000)
        bed->micro = -90000000;
    bed->tilt = (int32_t)(bed->micro / 1000);
}

static void feel(const struct bed *bed, const struct table_outputs *out, struct table_inputs *in)
{
    in->tilt = bed->trouble == NO_SENSOR ? NO_TILT : bed->tilt;
    in->current_ma = bed->trouble == BLOCKED && out->setpoint != 0 ? 6000u : bed->rate != 0 ? 2000u : 0u;
    in->supply_mv = 24000;
    in->temperature_c = 30;
}

static void read_hands(int file, struct table_inputs *in, struct bed *bed)
{
    char line[32] = { 0 };
    unsigned switches, latches, trouble;
    if (file < 0 || pread(file, line, sizeof line - 1, 0) <= 0)
        return;
    if (sscanf(line, "%u %u %u", &switches, &latches, &trouble) != 3)
        return; /* half written */
    in->switches = (uint8_t)switches;
    in->latches = (uint8_t)latches;
    bed->trouble = (int)trouble;
}

static void write_bed(int file, int32_t tilt, unsigned boots)
{
    char line[24];
    int n = snprintf(line, sizeof line, "%+08ld %05u\n", (long)tilt, boots);
    if (file >= 0 && n > 0 && pwrite(file, line, (size_t)n, 0) < 0)
        perror("the file of the true tilt");
}

/* Everything that has come since the last tick; 0 once the host has closed the line. */
static int hear(struct table *table)
{
    uint8_t bytes[256];
    struct pollfd line = { STDIN_FILENO, POLLIN, 0 };
    while (poll(&line, 1, 0) > 0) {
        ssize_t n = read(STDIN_FILENO, bytes, sizeof bytes);
        if (n <= 0)
            return n < 0 && errno == EINTR;
        table_receive(table, clock_ms(), bytes, (size_t)n);
    }
    return 1;
}

/* A host that does not read must not hold up a tick: what does not go now is lost. */
static void speak(struct table *table)
{
    uint8_t bytes[1024];
    struct pollfd line = { STDOUT_FILENO, POLLOUT, 0 };
    size_t n = table_transmit(table, bytes, sizeof bytes);
    if (n > 0 && poll(&line, 1, 0) > 0 && (line.revents & POLLOUT))
        if (write(STDOUT_FILENO, bytes, n) < 0 && errno != EPIPE && errno != EAGAIN)
            perror("the line to the host");
}

static int open_file(const char *path, int flags)
{
    int file = open(path, flags, 0600);
    if (file < 0) {
        perror(path);
        exit(2);
    }
    return file;
}

/* Takes the bed for this program alone, and finds it where the last one left it, at rest. */
static int open_bed(const char *path, struct bed *bed, uint16_t *boots)
{
    int file = open_file(path, O_RDWR | O_CREAT);
    struct flock all = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    char line[24] = { 0 };
    long tilt;
    unsigned started;
    if (fcntl(file, F_SETLK, &all) < 0) {
        fprintf(stderr, "%s: another program has this bed: end it first\n", path);
        exit(2);
    }
    if (pread(file, line, sizeof line - 1, 0) > 0 && sscanf(line, "%ld %u", &tilt, &started) == 2) {
        bed->tilt = (int32_t)tilt;
        bed->micro = (int64_t)tilt * 1000;
        *boots = (uint16_t)(started + 1);
    }
    return file;
}

/* Waits for the next tick, and wakes early for a STOP on the line. */
static void wait_for_tick(uint32_t due, int listening)
{
    struct pollfd line = { STDIN_FILENO, POLLIN, 0 };
    int32_t left = (int32_t)(due - clock_ms());
    if (left > 0)
        poll(&line, listening ? 1 : 0, left);
}

int main(int argc, char **argv)
{
    static struct table table;
    struct table_config config = { 0 };
    struct table_inputs in = { 0 };
    struct bed bed = { -3000, 0, -3000000, FINE };
    const struct table_outputs *out = &table.out;
    int bed_file = -1, hands = -1, listening = 1, i;
    uint32_t now, last, due, still_ms = 0, alone_ms = 0;

    config.serial = 0xc0de;
    config.firmware = 0x0100;
    config.tilt_min = -90000;
    config.tilt_max = 60000;
    config.max_rate = 3000;
    config.head_down_ms = 600000;
    config.current_limit_ma = 5000;
    config.boot_count = (uint16_t)time(NULL);
    config.entropy = (uint32_t)time(NULL) * 2654435761u ^ (uint32_t)getpid();
    for (i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--bed") == 0)
            bed_file = open_bed(argv[i + 1], &bed, &config.boot_count);
        else if (strcmp(argv[i], "--hands") == 0)
            hands = open_file(argv[i + 1], O_RDONLY);
        else if (strcmp(argv[i], "--boot") == 0)
            config.boot_count = (uint16_t)atoi(argv[i + 1]);
        else
            break;
    }
    if (i < argc) {
        fprintf(stderr, "usage: %s [--bed FILE] [--hands FILE] [--boot N]\n", argv[0]);
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    in.switches = AL_SWITCH_STOP_LOOP_CLOSED | AL_SWITCH_HAND_CONTROL;
    in.latches = 3;
    table_init(&table, &config);
    last = clock_ms();
    due = last + TICK_MS;
    while (listening || (still_ms < GIVE_UP_MS && (alone_ms < HOME_MS || bed.tilt > 0 || bed.rate != 0))) {
        wait_for_tick(due, listening);
        if (listening)
            listening = hear(&table);
        now = clock_ms();
        if ((int32_t)(due - now) > 0)
            continue;
        due = now + TICK_MS;
        turn(&bed, out, (int32_t)(now - last < 100 ? now - last : 100));
        still_ms = bed.rate == 0 && !listening ? still_ms + (now - last) : 0;
        alone_ms = listening ? 0 : alone_ms + (now - last);
        last = now;
        read_hands(hands, &in, &bed);
        feel(&bed, out, &in);
        out = table_tick(&table, now, &in);
        speak(&table);
        write_bed(bed_file, bed.tilt, config.boot_count);
    }
    return 0;
}
