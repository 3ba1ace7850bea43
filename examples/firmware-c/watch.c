/* What a tick sees: the angle, the drive, the latches, and which faults that makes. */
#include "watch.h"

enum {
    RUNAWAY = 1600,      /* faster than the commands explain by this ... */
    RUNAWAY_MS = 150,    /* ... for so long */
    SLIP = 1000,         /* movement at standstill */
    IDLE_MA = 1000,      /* more says that the motor is driven */
    OVER_MS = 200,       /* over the current limit for so long is an obstacle */
    SETTLE_MS = 1000,    /* held for so long, the bed has settled */
    SAMPLE_LOST_MS = 100
};

static uint16_t bit(unsigned fault, int on) { return (uint16_t)((on ? 1u : 0u) << fault); }

/* A sample is believed when it follows from the last one. Three that do not within a second distrust
   the sensor for a second of good behaviour. */
static void look_at_angle(struct table *t, uint32_t dt)
{
    int32_t s = t->in.tilt, may;
    t->since_sample += dt;
    t->since_drop += dt;
    if (s != NO_TILT) {
        may = 300 + 12 * (int32_t)(t->since_sample < 1000 ? t->since_sample : 1000);
        if (abs32(s) > 95000 || (t->sampled && abs32(s - t->raw) > may)) {
            t->drops = t->since_drop < 1000 ? t->drops + 1 : 1;
            t->since_drop = 0;
            if (t->drops >= 3) {
                t->trusted = 0;
                t->raw = s; /* from here on it must follow from itself */
            }
            t->good_ms = 0;
        } else {
            t->raw = s;
            t->sampled = 1;
            t->good_ms += t->since_sample;
            t->since_sample = 0;
            if (t->good_ms >= 1000)
                t->trusted = 1;
        }
    }
    if (t->since_sample >= SAMPLE_LOST_MS)
        t->good_ms = 0;
    t->tilt = t->sampled && t->trusted && t->since_sample < SAMPLE_LOST_MS ? t->raw : NO_TILT;
    if (t->tilt != NO_TILT)
        t->worst = t->tilt;
}

/* The rate over about the last 100 ms. */
static void measure(struct table *t)
{
    uint32_t age;
    if (t->marked > 0) {
        age = t->now - t->marked_at[t->marked - 1];
        if (age > 0 && age < 1000)
            t->measured = (t->tilt - t->marks[t->marked - 1]) * 1000 / (int32_t)age;
    }
    if (t->marked == 0 || t->now - t->marked_at[0] >= 20) {
        memmove(t->marks + 1, t->marks, 4 * sizeof t->marks[0]);
        memmove(t->marked_at + 1, t->marked_at, 4 * sizeof t->marked_at[0]);
        t->marks[0] = t->tilt;
        t->marked_at[0] = t->now;
        t->marked = t->marked < 5 ? t->marked + 1 : 5;
    }
}

void watch_forget(struct table *t)
{
    t->marked = 0;
    t->measured = 0;
    t->too_fast_ms = t->still_ms = t->no_progress_ms = 0;
    t->driven = 0;
}

static int runs_away(struct table *t, uint32_t dt)
{
    int32_t decay = 4 * (int32_t)dt, down, back;
    t->down_env = max32(max32(t->down_env - decay, t->setpoint), 0);
    t->back_env = max32(max32(t->back_env - decay, -t->setpoint), 0);
    down = t->measured - t->down_env;
    back = -t->measured - t->back_env;
    /* A hand at the crank or the weight behind its damper bring the bed back: no runaway. */
    if (t->in.current_ma <= IDLE_MA && t->setpoint == 0 && t->tilt > 0 && back < 4500)
        back = 0;
    t->too_fast_ms = down > RUNAWAY || back > RUNAWAY ? t->too_fast_ms + dt : 0;
    return t->too_fast_ms >= RUNAWAY_MS;
}

/* Movement at standstill: the motor's is a runaway, without current the brake slips. */
static int32_t strays(struct table *t, uint32_t dt)
{
    t->still_ms = t->setpoint == 0 ? t->still_ms + dt : 0;
    if (t->still_ms <= SETTLE_MS) {
        t->still_from = t->tilt;
        return 0;
    }
    return abs32(t->tilt - t->still_from) > SLIP ? t->tilt - t->still_from : 0;
}

/* The way in which it is driven and gains nothing, or runs against something. */
static int stalls(struct table *t, uint32_t dt)
{
    int way = abs32(t->setpoint) < 100 ? 0 : sign32(t->setpoint);
    int brisk = abs32(t->setpoint) >= 600;
    int32_t gained;
    if (way != t->driven || way == 0) {
        t->driven = way;
        t->progress_from = t->tilt;
        t->no_progress_ms = 0;
        return 0;
    }
    gained = (t->tilt - t->progress_from) * way;
    t->no_progress_ms += dt;
    if (gained >= (brisk ? 150 : 100)) {
        t->progress_from = t->tilt;
        t->no_progress_ms = 0;
    }
    return t->no_progress_ms >= (brisk ? 500u : 3000u) ? way : 0;
}

static void log_fault(struct table *t, unsigned fault)
{
    struct al_fault_entry *entry = &t->log[t->logged % 64];
    uint8_t body[AL_MAX_BODY];
    memset(entry, 0, sizeof *entry);
    entry->fault = (uint8_t)fault;
    entry->table_ms = t->now;
    entry->angle_cdeg = report_angle(t->tilt);
    entry->current_10ma = (uint16_t)((t->in.current_ma + 9) / 10);
    entry->count = ++t->counts[fault];
    t->logged++;
    al_put_fault_entry(body, entry);
    table_send(t, AL_FAULT_ENTRY, body);
}

/* Away from level, so that no one reads less than is. */
int16_t report_angle(int32_t tilt)
{
    return tilt == NO_TILT ? AL_NO_ANGLE : (int16_t)((tilt + 9 * sign32(tilt)) / 10);
}

static void let_go(struct table *t, int way)
{
    if (way > 0 && !t->freed) {
        t->freed = 1;
        t->turn_back_ms = 500;
    }
    if (way < 0 && t->demand >= HOST_RETURN)
        t->blocked = 1;
    t->return_fresh = 0; /* pushing on takes a new press */
    t->demand = HOLD;
}

static void look_at_latches(struct table *t, uint32_t dt)
{
    uint8_t said = t->in.latches & 3;
    t->latch_ms = said != t->latches ? t->latch_ms + dt : 0;
    if (t->latch_ms >= 50)
        t->latches = said;
}

void watch(struct table *t, uint32_t dt)
{
    uint16_t before = table_faults(t), begun, latch = t->latch_next;
    int in_use = table_head_down(t) || t->setpoint != 0;
    int one_open, stall = 0, pushes, runaway = 0;
    int32_t slip = 0;
    unsigned f;

    look_at_angle(t, dt);
    look_at_latches(t, dt);
    if (t->tilt == NO_TILT) {
        watch_forget(t);
    } else {
        measure(t);
        runaway = runs_away(t, dt);
        slip = strays(t, dt);
        stall = stalls(t, dt);
    }
    t->over_ms = t->setpoint != 0 && t->in.current_ma > t->config.current_limit_ma ? t->over_ms + dt : 0;
    pushes = t->over_ms >= OVER_MS ? sign32(t->setpoint) : 0;
    if (slip != 0 && t->in.current_ma > IDLE_MA)
        runaway = 1;
    if (slip != 0)
        t->still_ms = 0; /* told once, then watched anew */
    one_open = t->latches == 1 || t->latches == 2;

    t->present = (uint16_t)(bit(AL_FAULT_ANGLE_INVALID, t->tilt == NO_TILT) |
                            bit(AL_FAULT_SUPPLY_LOW, t->in.supply_mv < 20000) |
                            bit(AL_FAULT_HOT_SOFT, t->in.temperature_c >= 70) |
                            bit(AL_FAULT_HOT_HARD, t->in.temperature_c >= 85) |
                            bit(AL_FAULT_ONE_LATCH_OPEN, one_open) |
                            bit(AL_FAULT_LATCHES_OPEN, t->latches == 0) |
                            bit(AL_FAULT_STOP_LOOP_OPEN, !(t->in.switches & AL_SWITCH_STOP_LOOP_CLOSED)));
    latch |= (uint16_t)(bit(AL_FAULT_ANGLE_INVALID, in_use && t->tilt == NO_TILT) |
                        bit(AL_FAULT_ONE_LATCH_OPEN, in_use && one_open) |
                        bit(AL_FAULT_LATCHES_OPEN, in_use && t->latches == 0) |
                        bit(AL_FAULT_RUNAWAY, runaway) |
                        bit(AL_FAULT_BRAKE_SLIP, slip != 0 && !runaway) |
                        bit(AL_FAULT_OVER_CURRENT, pushes != 0) |
                        bit(AL_FAULT_STALL_DOWN, stall > 0) | bit(AL_FAULT_STALL_BACK, stall < 0));
    t->latched |= latch;
    t->latch_next = 0;
    begun = table_faults(t) & (uint16_t)~before;
    for (f = 0; f < 16; f++)
        if (begun >> f & 1)
            log_fault(t, f);

    if (stall != 0 || pushes != 0)
        let_go(t, stall != 0 ? stall : pushes);
    if (slip > 0 && t->turn_back_ms == 0)
        t->turn_back_ms = 500; /* the brake slips toward head-down */
    if (table_level_or_up(t)) {
        t->blocked = t->boot_hold = t->freed = 0;
        t->turn_back_ms = 0;
        if (t->greeted)
            t->latched &= (uint16_t)~bit(AL_FAULT_RESTARTED, 1);
    }
}
