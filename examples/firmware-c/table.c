/* One tick after another: STOP, the hand control, leases, the table's own return, limits and ramp.
   The rules are those of docs/table-link.md, section 5. */
#include "watch.h"

enum {
    REST_AIM = -3000,
    ARRIVED = 20,       /* closer counts as there */
    STRAYED = 300,      /* an arrived bed that is further off is steered again */
    ACCEL = 2000,       /* speeding up and planned slowing, millidegrees a second each second */
    CUT = 8000,         /* slowing where a rate is cut */
    RETURN_RATE = 3000,
    RETURN_MOST = 6000,
    RETURN_LEAST = 2000, /* above 45 degrees */
    LEVEL_RATE = 2000,
    CREEP = 1000
};

uint16_t table_faults(const struct table *t) { return t->present | t->latched; }
int table_head_down(const struct table *t) { return (t->tilt != NO_TILT ? t->tilt : t->worst) > 0; }
int table_host_present(const struct table *t) { return t->heard && t->silent_ms < LEASE_CAP_MS; }

static int is_return(const struct table *t) { return t->demand >= HOST_RETURN; }

void table_halt_for_stop(struct table *t)
{
    t->demand = HOLD;
    t->setpoint = 0;
    t->armed = 0;
    t->return_fresh = 0; /* a button that is down already must be let go and pressed anew */
}

/* Why a motion frame may not turn the bed now; 0 where it may. */
int table_motion_refusal(const struct table *t, int jog)
{
    uint16_t frees = 1u << AL_FAULT_STALL_DOWN | 1u << AL_FAULT_STALL_BACK | 1u << AL_FAULT_OVER_CURRENT;
    if (t->stop_latched)
        return AL_RESULT_STOPPED;
    if (t->tilt == NO_TILT)
        return AL_RESULT_NO_ANGLE;
    if (t->demand == HAND_RETURN)
        return AL_RESULT_YIELDED;
    if (t->demand == OWN_RETURN)
        return AL_RESULT_RETURNING;
    if (table_faults(t) & (jog ? (uint16_t)~frees : 0xffffu))
        return AL_RESULT_FAULTED;
    return t->armed ? 0 : AL_RESULT_NOT_ARMED;
}

/* Why a return may not turn the bed now. Where the bed stands is not looked at. */
int table_return_refusal(const struct table *t, enum who who)
{
    int held = who == BY_HOST_HELD || who == BY_HAND_HELD;
    if (t->stop_latched && !(held && t->stop_ms >= 250))
        return AL_RESULT_STOPPED;
    if (t->tilt == NO_TILT)
        return AL_RESULT_NO_ANGLE;
    if (table_has(t, AL_FAULT_RUNAWAY) || table_has(t, AL_FAULT_HOT_HARD) || t->blocked ||
        (t->latches == 0 && !held))
        return AL_RESULT_FAULTED;
    if (who == BY_TABLE && (!t->heard || t->boot_hold))
        return AL_RESULT_FAULTED;
    return 0;
}

/* A person asks again for a return that was blocked. */
void table_unblock(struct table *t, int by_hand)
{
    if (by_hand || t->zero_ms >= 1000)
        t->blocked = 0;
}

static void obey_stop(struct table *t, uint32_t dt)
{
    int was = t->stop_pressed;
    t->stop_pressed = (t->in.switches & AL_SWITCH_STOP) || !(t->in.switches & AL_SWITCH_STOP_LOOP_CLOSED);
    t->stop_ms = t->stop_latched ? t->stop_ms + dt : 0;
    if (t->stop_pressed && !(was && t->stop_latched)) {
        t->stop_latched = 1;
        t->stop_ms = 0;
        table_halt_for_stop(t);
    }
}

/* RETURN: one press runs to the rest band. With STOP latched or both latches open it moves only
   while held. */
static void obey_hand(struct table *t)
{
    int was = t->return_down, pressed, hold_to_run;
    t->return_down = (t->in.switches & AL_SWITCH_RETURN) != 0;
    t->ok_seen_up |= !(t->in.switches & AL_SWITCH_OK);
    pressed = t->return_down && !was;
    t->return_fresh = t->return_down && (t->return_fresh || pressed);
    if (pressed)
        table_unblock(t, 1);
    hold_to_run = t->stop_latched || t->latches == 0;
    if (pressed) {
        t->boot_hold = t->armed = 0;
        if (!is_return(t))
            t->demand = HOLD; /* the host yields, whatever the button can do now */
        if (!hold_to_run && table_head_down(t) && !table_return_refusal(t, BY_HAND)) {
            t->demand = HAND_RETURN;
            t->held = 0;
        }
    }
    if (hold_to_run && t->return_fresh && table_head_down(t) && !table_return_refusal(t, BY_HAND_HELD)) {
        t->demand = HAND_RETURN;
        t->held = 1;
    }
    if (t->demand == HAND_RETURN && t->held && !t->return_fresh)
        t->demand = HOLD;
}

/* Silence ends a host's motion. It latches against more of it, never against a return. */
static void end_lease(struct table *t)
{
    if (t->demand != TARGET && t->demand != JOG && t->demand != HOST_RETURN)
        return;
    if (t->now - t->lease_at < t->lease_ms)
        return;
    if (t->setpoint != 0 && !(t->demand == HOST_RETURN && t->held)) {
        t->latch_next |= 1u << AL_FAULT_LEASE_EXPIRED;
        t->armed = 0;
    }
    t->demand = HOLD;
    t->setpoint = 0;
}

/* The table's own return: only above level, only with no STOP. */
static void act_alone(struct table *t, uint32_t dt)
{
    int lost = t->heard && !table_host_present(t), due, for_host = 0;
    if (table_level_or_up(t)) {
        t->lost_quarters = t->doubt_ms = 0;
        t->level_ms += dt;
        if (t->level_ms >= 30000)
            t->head_down_ms = 0;
        if (t->silent_ms >= 5000)
            t->armed = 0;
        return;
    }
    t->level_ms = 0;
    t->head_down_ms += dt;
    /* Forgiven at a quarter of the speed: a link that comes and goes must not put it off for ever. */
    t->lost_quarters = lost ? t->lost_quarters + 4 * dt : t->lost_quarters - (t->lost_quarters < dt ? t->lost_quarters : dt);
    t->doubt_ms = t->latches == 1 || t->latches == 2 ? t->doubt_ms + dt : 0;
    due = t->head_down_ms >= t->config.head_down_ms || t->doubt_ms >= 5000;
    if (t->turn_back_ms > 0) {
        t->turn_back_ms -= t->turn_back_ms < dt ? t->turn_back_ms : dt;
        due |= t->turn_back_ms == 0;
        if (t->turn_back_ms == 0 && (is_return(t) || table_return_refusal(t, BY_TABLE)))
            t->turn_back_ms = 1; /* still due */
    }
    if (!due && t->lost_quarters >= 4 * 5000)
        due = for_host = 1;
    if (!due || is_return(t) || table_return_refusal(t, BY_TABLE))
        return;
    t->demand = OWN_RETURN;
    t->host_lost_own = for_host;
    t->armed = 0;
}

static void end_what_is_forbidden(struct table *t)
{
    enum who who = BY_TABLE;
    if (t->demand == HOLD)
        return;
    if (!is_return(t)) {
        if (table_motion_refusal(t, t->demand == JOG)) {
            t->demand = HOLD;
            t->armed = 0;
        }
        return;
    }
    if (t->demand == HOST_RETURN)
        who = t->held ? BY_HOST_HELD : BY_HOST;
    if (t->demand == HAND_RETURN)
        who = t->held ? BY_HAND_HELD : BY_HAND;
    if (table_return_refusal(t, who) || t->tilt <= REST_AIM + ARRIVED)
        t->demand = HOLD;
}

static int32_t root(uint32_t v)
{
    uint32_t r = 0, b = 1u << 30;
    for (; b > v; b >>= 2) {}
    for (; b != 0; b >>= 2) {
        if (v >= r + b) {
            v -= r + b;
            r = r / 2 + b;
        } else {
            r /= 2;
        }
    }
    return (int32_t)r;
}

/* The fastest rate from which planned slowing stops within so far. */
static int32_t approach(int32_t distance)
{
    return distance <= ARRIVED ? 0 : root(2u * ACCEL * (uint32_t)distance);
}

static int32_t within_range(const struct table *t, int32_t rate)
{
    return rate > 0 ? min32(rate, approach(t->config.tilt_max - t->tilt))
                    : -min32(-rate, approach(t->tilt - t->config.tilt_min));
}

static int32_t toward_target(struct table *t)
{
    int32_t left = t->target - t->tilt;
    int32_t rate = min32(t->rate, approach(abs32(left)));
    if (t->arrived && abs32(left) > STRAYED) {
        t->arrived = 0;
        t->way = sign32(left);
    } else if (left * t->way <= ARRIVED) {
        t->arrived = 1;
    }
    return t->arrived ? 0 : within_range(t, left < 0 ? -rate : rate);
}

static int32_t back(const struct table *t)
{
    int32_t asked = t->demand == HOST_RETURN && t->rate != 0 ? t->rate : RETURN_RATE;
    int32_t rate = asked;
    if (t->tilt > 45000)
        rate = max32(rate, RETURN_LEAST);
    rate = min32(rate, RETURN_MOST);
    if (table_has(t, AL_FAULT_HOT_SOFT))
        rate = min32(rate, LEVEL_RATE);
    if (t->latches != 3)
        rate = min32(rate, CREEP);
    rate = min32(rate, root((uint32_t)(LEVEL_RATE * LEVEL_RATE) + 2u * ACCEL * (uint32_t)max32(t->tilt, 0)));
    return -min32(rate, approach(t->tilt - REST_AIM));
}

static int32_t wanted(struct table *t)
{
    int32_t most;
    if (t->tilt == NO_TILT)
        return 0;
    switch (t->demand) {
    case HOLD: return 0;
    case TARGET: return toward_target(t);
    case JOG:
        most = table_faults(t) != 0 ? CREEP : t->config.max_rate;
        return within_range(t, max32(-most, min32(t->rate, most)));
    default: return back(t);
    }
}

/* Speeds up gently, slows where a rate is cut, is zero at once, and turns round through zero. */
static int32_t ramp(int32_t now, int32_t want, uint32_t dt)
{
    int32_t from = sign32(now) == -sign32(want) ? 0 : abs32(now);
    int32_t size = abs32(want);
    if (size > from)
        size = min32(size, from + (int32_t)(ACCEL * (dt < 20 ? dt : 20) / 1000));
    else
        size = max32(size, from - (int32_t)(CUT * dt / 1000));
    return want < 0 ? -size : size;
}

static uint8_t state(const struct table *t)
{
    uint16_t mild = 1u << AL_FAULT_LEASE_EXPIRED | 1u << AL_FAULT_RESTARTED;
    if (t->demand == OWN_RETURN && t->host_lost_own)
        return AL_STATE_HOST_LOSS_RETURN;
    if (is_return(t))
        return AL_STATE_RETURNING;
    if (t->demand == JOG || (t->demand == TARGET && !t->arrived))
        return AL_STATE_MOVING;
    if (t->stop_latched)
        return AL_STATE_STOPPED;
    if (table_faults(t) & (uint16_t)~mild)
        return AL_STATE_FAULTED;
    if (t->heard && !table_host_present(t) && table_head_down(t))
        return AL_STATE_HOST_LOSS_HOLD;
    if (table_faults(t) && table_head_down(t))
        return AL_STATE_FAULTED;
    return t->armed ? AL_STATE_HOLDING : AL_STATE_DISARMED;
}

static void drive(struct table *t, int32_t want, uint32_t dt)
{
    int cut = table_has(t, AL_FAULT_RUNAWAY) || table_has(t, AL_FAULT_HOT_HARD);
    int lost = t->heard && !table_host_present(t);
    t->setpoint = cut ? 0 : ramp(t->setpoint, want, dt);
    t->zero_ms = t->setpoint == 0 ? t->zero_ms + dt : 0;
    t->out.setpoint = t->setpoint;
    t->out.relay = !cut;
    t->out.brake = cut || t->zero_ms >= 300 || (t->stop_latched && t->setpoint == 0);
    t->out.buzzer = table_has(t, AL_FAULT_RUNAWAY) ||
                    (table_head_down(t) && (table_faults(t) || lost || t->demand == OWN_RETURN ||
                                            (t->stop_latched && t->stop_ms >= 30000)));
}

/* Twenty reports a second while busy and for a second after, two otherwise, and one at once when the
   state or a switch changes. */
static void report(struct table *t, uint32_t dt)
{
    int busy = t->armed || table_head_down(t) || t->setpoint != 0 || abs32(t->measured) >= 1500;
    struct al_telemetry m = { 0 };
    uint8_t body[AL_MAX_BODY];
    m.state = state(t);
    t->report_ms += dt;
    t->quiet_ms = busy ? 0 : t->quiet_ms + dt;
    if (t->report_ms < (t->quiet_ms < 1000 ? 50u : 500u) && m.state == t->reported_state &&
        t->in.switches == t->reported_switches)
        return;
    t->report_ms = 0;
    t->reported_state = m.state;
    t->reported_switches = t->in.switches;
    m.table_ms = t->now;
    m.switches = t->in.switches;
    m.flags = (uint16_t)(2u | (unsigned)t->latches << 2 | (t->armed ? AL_FLAG_ARMED : 0u) |
                         (t->stop_latched ? AL_FLAG_STOP_LATCHED : 0u) |
                         (t->stop_pressed ? AL_FLAG_STOP_PRESSED : 0u) |
                         (t->out.brake ? AL_FLAG_BRAKE : 0u) | (t->out.relay ? AL_FLAG_RELAY : 0u) |
                         (t->out.buzzer ? AL_FLAG_BUZZER : 0u) | AL_FLAG_MAINS |
                         (t->demand == HAND_RETURN ? AL_FLAG_HAND_RETURN : 0u) |
                         (table_host_present(t) ? AL_FLAG_HOST_PRESENT : 0u));
    m.faults = table_faults(t);
    m.angle_cdeg = report_angle(t->tilt);
    m.angle2_cdeg = AL_NO_ANGLE;
    m.rate_cdeg_s = (int16_t)((t->measured + 9 * sign32(t->measured)) / 10);
    m.current_10ma = (uint16_t)((t->in.current_ma + 9) / 10);
    m.supply_10mv = (uint16_t)(t->in.supply_mv / 10);
    m.temperature_c = t->in.temperature_c;
    m.accepted = t->accepted;
    al_put_telemetry(body, &m);
    table_send(t, AL_TELEMETRY, body);
}

/* Zero rate, brake set, disarmed, Restarted latched: whoever was head-down decides for themselves. */
void table_init(struct table *t, const struct table_config *config)
{
    memset(t, 0, sizeof *t);
    t->config = t->commissioned = *config;
    t->tilt = NO_TILT;
    t->trusted = 1;
    t->since_sample = 1000;
    t->since_drop = 1000;
    t->zero_ms = 300;
    t->boot_hold = 1;
    t->latch_next = 1u << AL_FAULT_RESTARTED;
    t->out.brake = t->out.relay = 1;
}

const struct table_outputs *table_tick(struct table *t, uint32_t now, const struct table_inputs *in)
{
    uint32_t dt = t->ticked == 0 ? 10 : now - t->ticked;
    if (t->ticked == 0)
        t->latches = in->latches & 3; /* the first word counts at once */
    if (dt > 1000)
        dt = 1000;
    t->now = t->ticked = now;
    t->in = *in;
    t->silent_ms += dt;
    t->drift_ms += dt;
    t->quickest += t->drift_ms / 50; /* clocks may differ by 2 % */
    t->drift_ms %= 50;

    watch(t, dt);
    obey_stop(t, dt);
    obey_hand(t);
    end_lease(t);
    act_alone(t, dt);
    end_what_is_forbidden(t);
    drive(t, wanted(t), dt);
    report(t, dt);
    return &t->out;
}
