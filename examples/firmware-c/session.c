/* Who may speak, and what each frame of a host does. */
#include "table.h"

/* A one-to-one scrambling of 32 bits: start and greeting counts become numbers that no other session
   of this board has. */
static uint32_t mix(uint32_t x)
{
    x ^= x >> 16;
    x *= 0x85ebca6bu;
    x ^= x >> 13;
    x *= 0xc2b2ae35u;
    return x ^ x >> 16;
}

void table_send(struct table *t, uint8_t type, const uint8_t *body)
{
    struct al_frame frame = { 0 };
    uint8_t bytes[AL_MAX_FRAME];
    int len = al_body_len(type);
    size_t n;
    if (len < 0)
        return;
    frame.type = type;
    frame.seq = (uint16_t)(t->sent + 1);
    frame.session = t->session;
    memcpy(frame.body, body, (size_t)len);
    n = al_encode(bytes, &frame);
    if (t->out_n + n > sizeof t->outbox)
        return; /* a flood loses its answers; the host asks again */
    memcpy(t->outbox + t->out_n, bytes, n);
    t->out_n += n;
    t->sent++;
}

size_t table_transmit(struct table *t, uint8_t *out, size_t room)
{
    size_t n = t->out_n < room ? t->out_n : room;
    memcpy(out, t->outbox, n);
    memmove(t->outbox, t->outbox + n, t->out_n - n);
    t->out_n -= n;
    return n;
}

static void answer(struct table *t, const struct al_frame *of, int result)
{
    struct al_ack ack = { of->seq, of->type, (uint8_t)result };
    uint8_t body[AL_MAX_BODY];
    al_put_ack(body, &ack);
    table_send(t, AL_ACK, body);
}

static int owns(const struct table *t, const struct al_frame *f)
{
    return f->session == t->session && f->session != 0;
}

/* 1 new, 0 the same as the last one, -1 older. A new one becomes the last. */
static int order(struct table *t, uint16_t seq)
{
    uint16_t ahead = (uint16_t)(seq - t->last_seq);
    if (ahead == 0)
        return 0;
    if (ahead > 0x7fff)
        return -1;
    t->last_seq = seq;
    return 1;
}

static void accept(struct table *t, uint16_t seq) { t->accepted = seq; }

static void alive(struct table *t)
{
    t->silent_ms = 0;
    t->heard = 1;
}

static int leased(const struct table *t)
{
    return t->demand == TARGET || t->demand == JOG || t->demand == HOST_RETURN;
}

static void end_host_motion(struct table *t)
{
    if (leased(t))
        t->demand = HOLD;
}

static void lease(struct table *t, uint16_t ms, uint16_t cap)
{
    t->lease_at = t->now;
    t->lease_ms = ms < cap ? ms : cap;
}

static uint32_t config_hash(const struct table_config *c)
{
    uint8_t b[28];
    al_put_u32(b, c->serial);
    al_put_u32(b + 4, c->firmware);
    al_put_u32(b + 8, (uint32_t)c->tilt_min);
    al_put_u32(b + 12, (uint32_t)c->tilt_max);
    al_put_u32(b + 16, (uint32_t)c->max_rate);
    al_put_u32(b + 20, c->head_down_ms);
    al_put_u32(b + 24, c->current_limit_ma);
    return al_crc32c(b, sizeof b);
}

static void begin_session(struct table *t, const struct al_frame *f, uint32_t host_id)
{
    do {
        t->issued++;
        t->session = mix((uint32_t)t->commissioned.boot_count << 16 | t->issued);
    } while (t->session == 0);
    t->nonce = mix(t->commissioned.entropy ^ t->session);
    t->host_id = host_id;
    t->greeting_seq = t->last_seq = t->accepted = f->seq;
    t->armed = t->timed = 0;
    t->late_ms = 0;
    t->greeted = 1;
    t->out_n = 0; /* meant for the old host */
    /* An unheld return of the old host goes on to the end of its lease. */
    if (t->demand != HOST_RETURN || t->held)
        end_host_motion(t);
}

static void greet(struct table *t, const struct al_frame *f)
{
    struct al_hello hello;
    struct al_hello_ack info = { 0 };
    uint8_t body[AL_MAX_BODY];
    uint16_t ahead;
    al_get_hello(&hello, f->body);
    if (hello.proto_min > AL_VERSION || hello.proto_max < AL_VERSION) {
        answer(t, f, AL_RESULT_UNSUPPORTED);
        return;
    }
    ahead = (uint16_t)(f->seq - t->greeting_seq);
    if (t->session == 0 || hello.host_id != t->host_id || (ahead != 0 && ahead <= 0x7fff)) {
        begin_session(t, f, hello.host_id);
    } else if (ahead != 0) {
        answer(t, f, AL_RESULT_STALE);
        return;
    } /* else the wire repeated it, or the answer was lost: the same answer again */
    info.proto = AL_VERSION;
    info.firmware = t->config.firmware;
    info.serial = t->config.serial;
    info.config_hash = config_hash(&t->commissioned);
    info.nonce = t->nonce;
    info.host_id = hello.host_id;
    /* Returns without host, hand control, brake, two latch sensors, comes back by its weight. */
    info.capabilities = 1u << 0 | 1u << 2 | 1u << 4 | 2u << 5 | 3u << 7;
    info.tilt_min_cdeg = (int16_t)(t->config.tilt_min / 10);
    info.tilt_max_cdeg = (int16_t)(t->config.tilt_max / 10);
    info.max_rate_cdeg_s = (uint16_t)(t->config.max_rate / 10);
    info.max_lease_ms = LEASE_CAP_MS;
    info.boot_count = t->config.boot_count;
    al_put_hello_ack(body, &info);
    table_send(t, AL_HELLO_ACK, body);
}

/* STOP acts from any session and in any order. A new one also ends a return that a host holds, and
   none that the person on the bed holds. */
static int stop(struct table *t, const struct al_frame *f)
{
    int owned = owns(t, f);
    int fresh = owned && order(t, f->seq) == 1;
    if (!t->stop_latched || ((fresh || !owned) && t->demand == HOST_RETURN)) {
        t->stop_latched = 1;
        t->stop_ms = 0;
        table_halt_for_stop(t);
    }
    if (fresh)
        accept(t, f->seq);
    return AL_RESULT_ACCEPTED;
}

static void heartbeat(struct table *t, const struct al_frame *f)
{
    struct al_heartbeat_echo echo;
    uint8_t body[AL_MAX_BODY];
    uint32_t offset;
    if (!owns(t, f)) {
        answer(t, f, AL_RESULT_WRONG_SESSION);
        return;
    }
    if (order(t, f->seq) != 1)
        return;
    alive(t);
    echo.host_ms = al_get_u32(f->body);
    echo.table_ms = t->now;
    /* How much longer it was under way than the quickest one: a wire that holds frames back. */
    offset = t->now - echo.host_ms;
    if (!t->timed || offset - t->quickest > UINT32_MAX / 2)
        t->quickest = offset;
    t->timed = 1;
    t->late_ms = offset - t->quickest;
    if (t->late_ms > LEASE_CAP_MS && (t->demand == TARGET || t->demand == JOG))
        t->demand = HOLD;
    al_put_heartbeat_echo(body, &echo);
    table_send(t, AL_HEARTBEAT_ECHO, body);
}

static int arm(struct table *t, const struct al_frame *f)
{
    if (al_get_u32(f->body) != t->nonce)
        return AL_RESULT_WRONG_NONCE;
    if (t->stop_latched)
        return AL_RESULT_STOPPED;
    if (t->tilt == NO_TILT)
        return AL_RESULT_NO_ANGLE;
    if (!table_level_or_up(t))
        return AL_RESULT_NOT_IN_REST;
    if (table_faults(t) != 0)
        return AL_RESULT_FAULTED;
    t->armed = 1;
    return AL_RESULT_ACCEPTED;
}

static int set_target(struct table *t, const struct al_frame *f)
{
    struct al_set_target m;
    int refusal = table_motion_refusal(t, 0);
    int32_t target;
    al_get_set_target(&m, f->body);
    target = m.angle_cdeg * 10;
    alive(t);
    if (refusal)
        return refusal;
    if (t->late_ms > LEASE_CAP_MS)
        return AL_RESULT_STALE;
    if (target < t->config.tilt_min || target > t->config.tilt_max)
        return AL_RESULT_OUT_OF_RANGE;
    if (t->demand != TARGET || t->target != target) {
        t->arrived = 0;
        t->way = sign32(target - t->tilt);
    }
    t->demand = TARGET;
    t->target = target;
    t->rate = min32(m.rate_cdeg_s * 10, t->config.max_rate);
    lease(t, m.lease_ms, LEASE_CAP_MS);
    return AL_RESULT_ACCEPTED;
}

static int jog(struct table *t, const struct al_frame *f)
{
    struct al_jog m;
    int refusal = table_motion_refusal(t, 1);
    al_get_jog(&m, f->body);
    alive(t);
    if (refusal)
        return refusal;
    if (t->late_ms > LEASE_CAP_MS)
        return AL_RESULT_STALE;
    t->demand = JOG;
    t->rate = max32(-t->config.max_rate, min32(m.rate_cdeg_s * 10, t->config.max_rate));
    lease(t, m.lease_ms, LEASE_CAP_MS);
    return AL_RESULT_ACCEPTED;
}

static int host_return(struct table *t, const struct al_frame *f)
{
    struct al_return_to_rest m;
    int held, refusal;
    al_get_return_to_rest(&m, f->body);
    held = m.flags & AL_RETURN_HELD;
    alive(t);
    t->boot_hold = 0;
    if (held)
        table_unblock(t, 0);
    if (t->demand == HAND_RETURN || t->demand == OWN_RETURN)
        return AL_RESULT_ACCEPTED; /* it is under way, without a lease that could end */
    refusal = table_return_refusal(t, held ? BY_HOST_HELD : BY_HOST);
    if (refusal)
        return refusal;
    if (!table_head_down(t) && t->demand != HOST_RETURN) {
        end_host_motion(t);
        return AL_RESULT_ALREADY_UP;
    }
    t->demand = HOST_RETURN;
    t->held = held;
    t->rate = m.rate_cdeg_s * 10;
    lease(t, m.lease_ms, held ? HELD_CAP_MS : LEASE_CAP_MS);
    return AL_RESULT_ACCEPTED;
}

/* Nobody may block a return of the hand control or of the table; STOP may. */
static int hold(struct table *t)
{
    if (t->demand == HAND_RETURN)
        return AL_RESULT_YIELDED;
    if (t->demand == OWN_RETURN)
        return AL_RESULT_RETURNING;
    end_host_motion(t);
    return AL_RESULT_ACCEPTED;
}

static int acknowledge_stop(struct table *t)
{
    if (!t->stop_latched)
        return AL_RESULT_ACCEPTED;
    if (t->tilt == NO_TILT)
        return AL_RESULT_NO_ANGLE;
    if (t->tilt > 0 || t->tilt < -10000)
        return AL_RESULT_NOT_IN_REST;
    if (t->stop_pressed)
        return AL_RESULT_STOP_HELD;
    t->stop_latched = t->armed = 0;
    return AL_RESULT_ACCEPTED;
}

static int clear_faults(struct table *t, const struct al_frame *f)
{
    uint16_t faults = al_get_u16(f->body);
    if (table_head_down(t))
        return AL_RESULT_NOT_IN_REST;
    t->latched &= (uint16_t)~faults;
    if (faults >> AL_FAULT_STALL_BACK & 1)
        t->blocked = 0;
    return table_faults(t) & faults ? AL_RESULT_FAULTED : AL_RESULT_ACCEPTED;
}

static void limits_of(struct al_set_limits *m, const struct table_config *c)
{
    m->tilt_min_cdeg = (int16_t)(c->tilt_min / 10);
    m->tilt_max_cdeg = (int16_t)(c->tilt_max / 10);
    m->max_rate_cdeg_s = (uint16_t)(c->max_rate / 10);
    m->head_down_s = (uint16_t)(c->head_down_ms / 1000);
}

static void tell_limits(struct table *t)
{
    struct al_set_limits m;
    uint8_t body[AL_MAX_BODY];
    limits_of(&m, &t->config);
    al_put_set_limits(body, &m);
    limits_of(&m, &t->commissioned);
    al_put_set_limits(body + 8, &m);
    al_put_u32(body + 16, config_hash(&t->commissioned));
    table_send(t, AL_LIMITS, body);
}

static int set_limits(struct table *t, const struct al_frame *f)
{
    struct al_set_limits m, now;
    uint8_t ok = AL_SWITCH_OK | AL_SWITCH_HAND_CONTROL;
    al_get_set_limits(&m, f->body);
    limits_of(&now, &t->config);
    if (t->armed)
        return AL_RESULT_STILL_ARMED;
    if (t->tilt == NO_TILT)
        return AL_RESULT_NO_ANGLE;
    if (!table_level_or_up(t))
        return AL_RESULT_NOT_IN_REST;
    if (!t->ok_seen_up || (t->in.switches & ok) != ok)
        return AL_RESULT_BUTTON_NOT_HELD;
    if (m.tilt_min_cdeg < now.tilt_min_cdeg || m.tilt_max_cdeg > now.tilt_max_cdeg ||
        m.max_rate_cdeg_s > now.max_rate_cdeg_s || m.head_down_s > now.head_down_s)
        return AL_RESULT_WOULD_WIDEN;
    if (m.tilt_min_cdeg > -1000 || m.tilt_max_cdeg < 0 || m.max_rate_cdeg_s < 10 || m.head_down_s < 1)
        return AL_RESULT_OUT_OF_RANGE;
    t->config.tilt_min = m.tilt_min_cdeg * 10;
    t->config.tilt_max = m.tilt_max_cdeg * 10;
    t->config.max_rate = m.max_rate_cdeg_s * 10;
    t->config.head_down_ms = m.head_down_s * 1000u;
    return AL_RESULT_ACCEPTED;
}

static void read_log(struct table *t, const struct al_frame *f)
{
    uint16_t back = al_get_u16(f->body);
    struct al_fault_entry entry;
    uint8_t body[AL_MAX_BODY];
    if (back >= 64 || back >= t->logged) {
        answer(t, f, AL_RESULT_NO_SUCH_ENTRY);
        return;
    }
    entry = t->log[(t->logged - 1 - back) % 64];
    entry.index = back;
    al_put_fault_entry(body, &entry);
    table_send(t, AL_FAULT_ENTRY, body);
}

/* Commands that only the host of this session may give, each number once and only forward. */
static int session_command(struct table *t, const struct al_frame *f)
{
    int result, is_new;
    if (!owns(t, f))
        return AL_RESULT_WRONG_SESSION;
    is_new = order(t, f->seq);
    if (f->type == AL_HOLD) {
        result = hold(t); /* ending a motion is never too late */
    } else if (f->type == AL_DISARM) {
        t->armed = 0;
        end_host_motion(t);
        result = AL_RESULT_ACCEPTED;
    } else if (is_new != 1) {
        return is_new == 0 ? AL_RESULT_DUPLICATE : AL_RESULT_STALE;
    } else {
        switch (f->type) {
        case AL_ARM: result = arm(t, f); break;
        case AL_SET_TARGET: result = set_target(t, f); break;
        case AL_JOG: result = jog(t, f); break;
        case AL_RETURN_TO_REST: result = host_return(t, f); break;
        case AL_ACKNOWLEDGE_STOP: result = acknowledge_stop(t); break;
        case AL_CLEAR_FAULTS: result = clear_faults(t, f); break;
        default: result = set_limits(t, f); break;
        }
    }
    if (result == AL_RESULT_ACCEPTED && is_new == 1)
        accept(t, f->seq);
    return result;
}

void table_command(struct table *t, const struct al_frame *f)
{
    switch (f->type) {
    case AL_STOP: answer(t, f, stop(t, f)); break;
    case AL_HELLO: greet(t, f); break;
    case AL_HEARTBEAT: heartbeat(t, f); break;
    case AL_READ_FAULT_LOG: read_log(t, f); break;
    case AL_READ_LIMITS: tell_limits(t); break;
    case AL_ARM:
    case AL_DISARM:
    case AL_SET_TARGET:
    case AL_JOG:
    case AL_HOLD:
    case AL_RETURN_TO_REST:
    case AL_ACKNOWLEDGE_STOP:
    case AL_CLEAR_FAULTS:
    case AL_SET_LIMITS: answer(t, f, session_command(t, f)); break;
    default: break; /* a table's own words come back only from a looped wire */
    }
}

void table_receive(struct table *t, uint32_t now, const uint8_t *bytes, size_t n)
{
    struct al_frame frame;
    size_t i;
    t->now = now;
    for (i = 0; i < n; i++)
        if (al_receive(&t->rx, bytes[i], &frame))
            table_command(t, &frame);
}
