/* A table controller that speaks table link (docs/table-link.md). Pure: time, bytes and sensors come
   in, bytes and pins come out. No clock, no allocation, no float.

   Angles are millidegrees, 0 horizontal, positive head-down; rates millidegrees a second; times
   milliseconds. Research software, not a medical device: it cannot make unsafe hardware safe. */
#ifndef TABLE_H
#define TABLE_H

#include "antipode_link.h"

enum { NO_TILT = INT32_MIN };

/* What commissioning chose. A host can only tighten the limits. */
struct table_config {
    uint32_t serial;
    uint16_t firmware;
    int32_t tilt_min, tilt_max;
    int32_t max_rate;          /* of a motion frame */
    uint32_t head_down_ms;     /* longest time head-down */
    uint32_t current_limit_ma; /* more is an obstacle */
    uint16_t boot_count;       /* rises by one with each start, kept over power loss */
    uint32_t entropy;          /* from the chip's noise source */
};

struct table_inputs {
    int32_t tilt; /* NO_TILT without a new sample */
    uint32_t current_ma;
    uint32_t supply_mv;
    int8_t temperature_c;
    uint8_t latches;  /* bit 0 first closed, bit 1 second closed */
    uint8_t switches; /* AL_SWITCH_... */
};

struct table_outputs {
    int32_t setpoint; /* zero: slow down at 8 degrees a second each second and hold */
    int brake;        /* set without power */
    int relay;        /* open takes the motor's energy away */
    int buzzer;
};

/* What has the bed. */
enum demand { HOLD, TARGET, JOG, HOST_RETURN, HAND_RETURN, OWN_RETURN };

struct table {
    struct table_config config;       /* in force */
    struct table_config commissioned;
    struct al_receiver rx;
    uint32_t now, ticked;
    struct table_inputs in;
    struct table_outputs out;

    /* session.c: who may speak */
    uint32_t session, nonce, host_id;
    uint16_t issued, greeting_seq, last_seq, accepted, sent;
    int greeted, armed, heard; /* heard: a host showed that it lives since the start */
    uint32_t silent_ms;
    int timed;
    uint32_t quickest, late_ms, drift_ms; /* heartbeats: table clock less host clock */

    /* what is asked for */
    enum demand demand;
    int held;          /* a return that runs only while a person holds a control */
    int host_lost_own; /* the table's own return is for a lost host */
    int arrived, way;  /* the way to the target; past it is there */
    int32_t target, rate;
    uint32_t lease_at, lease_ms;

    /* STOP and the hand control */
    int stop_latched, stop_pressed, return_down, return_fresh, ok_seen_up;
    uint32_t stop_ms;

    /* faults */
    uint16_t present, latched, latch_next;
    uint16_t counts[16];
    struct al_fault_entry log[64];
    unsigned logged;

    /* the angle */
    int32_t tilt, raw; /* tilt: NO_TILT while it is not believed */
    int32_t worst;     /* last known, for when there is none */
    int sampled, trusted, drops;
    uint32_t since_sample, since_drop, good_ms;

    /* the drive and its watches */
    int32_t setpoint, measured, down_env, back_env;
    int32_t marks[5], still_from, progress_from;
    uint32_t marked_at[5];
    unsigned marked;
    uint32_t zero_ms, too_fast_ms, still_ms, no_progress_ms, over_ms;
    int driven;             /* the way that it was driven, for the stall watch */
    int blocked, freed;     /* a return ran against something; the way back after a stall was used */
    uint32_t turn_back_ms;  /* what is left of the rest before turning back; 0: none due */
    uint32_t lost_quarters; /* time without a host, forgiven at a quarter of the speed */
    uint32_t doubt_ms, head_down_ms, level_ms;
    uint32_t latch_ms;
    uint8_t latches;
    int boot_hold; /* it started head-down and nobody has asked for a return since */

    uint32_t report_ms, quiet_ms;
    uint8_t reported_state, reported_switches;
    uint8_t outbox[768];
    size_t out_n;
};

void table_init(struct table *t, const struct table_config *config);
/* Bytes of the line, in any pieces. STOP is latched here. */
void table_receive(struct table *t, uint32_t now, const uint8_t *bytes, size_t n);
/* Every 10 ms: looks, decides, and says what the pins do until the next tick. */
const struct table_outputs *table_tick(struct table *t, uint32_t now, const struct table_inputs *in);
/* Takes what is to be sent; the bytes written. */
size_t table_transmit(struct table *t, uint8_t *out, size_t room);

/* Between the files. */
enum { LEASE_CAP_MS = 250, HELD_CAP_MS = 700 };
enum who { BY_HOST, BY_HOST_HELD, BY_HAND, BY_HAND_HELD, BY_TABLE };
void table_send(struct table *t, uint8_t type, const uint8_t *body);
void table_command(struct table *t, const struct al_frame *frame);
void table_halt_for_stop(struct table *t);
int table_motion_refusal(const struct table *t, int jog);
int table_return_refusal(const struct table *t, enum who who);
void table_unblock(struct table *t, int by_hand);
uint16_t table_faults(const struct table *t);
int table_head_down(const struct table *t);
int table_host_present(const struct table *t);
static inline int table_has(const struct table *t, unsigned fault) { return table_faults(t) >> fault & 1; }
static inline int table_level_or_up(const struct table *t) { return t->tilt != NO_TILT && t->tilt <= 0; }
static inline int32_t abs32(int32_t v) { return v < 0 ? -v : v; }
static inline int32_t min32(int32_t a, int32_t b) { return a < b ? a : b; }
static inline int32_t max32(int32_t a, int32_t b) { return a > b ? a : b; }
static inline int sign32(int32_t v) { return (v > 0) - (v < 0); }

#endif
