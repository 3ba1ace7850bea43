/* Table link, protocol version 1. Made from crates/antipode-link; do not edit. Make it anew with
   cargo run -p antipode-link --example c_header > examples/firmware-c/antipode_link.h
   The protocol, its rules and golden frames: docs/table-link.md. */
#ifndef ANTIPODE_LINK_H
#define ANTIPODE_LINK_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum {
    AL_VERSION = 1,
    AL_HEADER = 8,
    AL_CRC = 4,
    AL_MAX_BODY = 32,
    AL_MAX_PACKET = 44,
    AL_MAX_STUFFED = 45,
    AL_MAX_FRAME = 47,
    AL_MAX_LEASE_MS = 1000,
    AL_NO_ANGLE = -32768,
    AL_RETURN_HELD = 1 /* bit of al_return_to_rest.flags */
};

/* STOP of no session, for any time. */
#define AL_STOP_FRAME { 0x00, 0x03, 0x01, 0x1f, 0x01, 0x01, 0x01, 0x01, 0x01, 0x05, 0xd1, 0x78, 0x87, 0x0a, 0x00 }

/* Message types. The table's own have the top bit. */
enum {
    AL_HELLO = 0x01,
    AL_ARM = 0x02,
    AL_DISARM = 0x03,
    AL_SET_TARGET = 0x10,
    AL_JOG = 0x11,
    AL_HOLD = 0x12,
    AL_RETURN_TO_REST = 0x13,
    AL_STOP = 0x1f,
    AL_HEARTBEAT = 0x20,
    AL_ACKNOWLEDGE_STOP = 0x21,
    AL_CLEAR_FAULTS = 0x22,
    AL_READ_FAULT_LOG = 0x23,
    AL_READ_LIMITS = 0x24,
    AL_SET_LIMITS = 0x25,
    AL_HELLO_ACK = 0x81,
    AL_ACK = 0x82,
    AL_HEARTBEAT_ECHO = 0xa0,
    AL_TELEMETRY = 0xb0,
    AL_FAULT_ENTRY = 0xb1,
    AL_LIMITS = 0xb2,
};

/* al_ack.result */
enum {
    AL_RESULT_ACCEPTED = 0,
    AL_RESULT_DUPLICATE = 1,
    AL_RESULT_STALE = 2,
    AL_RESULT_WRONG_SESSION = 3,
    AL_RESULT_NOT_ARMED = 4,
    AL_RESULT_STOPPED = 5,
    AL_RESULT_FAULTED = 6,
    AL_RESULT_OUT_OF_RANGE = 7,
    AL_RESULT_NOT_IN_REST = 8,
    AL_RESULT_STOP_HELD = 9,
    AL_RESULT_WRONG_NONCE = 10,
    AL_RESULT_UNSUPPORTED = 11,
    AL_RESULT_RETURNING = 12,
    AL_RESULT_YIELDED = 13,
    AL_RESULT_NO_SUCH_ENTRY = 14,
    AL_RESULT_NO_ANGLE = 15,
    AL_RESULT_ALREADY_UP = 16,
    AL_RESULT_BUTTON_NOT_HELD = 17,
    AL_RESULT_STILL_ARMED = 18,
    AL_RESULT_WOULD_WIDEN = 19,
};

/* al_telemetry.state */
enum {
    AL_STATE_DISARMED = 0,
    AL_STATE_HOLDING = 1,
    AL_STATE_MOVING = 2,
    AL_STATE_RETURNING = 3,
    AL_STATE_STOPPED = 4,
    AL_STATE_HOST_LOSS_HOLD = 5,
    AL_STATE_HOST_LOSS_RETURN = 6,
    AL_STATE_FAULTED = 7,
};

/* Bits of al_telemetry.switches */
enum {
    AL_SWITCH_RETURN = 1u << 0,
    AL_SWITCH_STOP = 1u << 1,
    AL_SWITCH_OK = 1u << 2,
    AL_SWITCH_EASIER = 1u << 3,
    AL_SWITCH_STOP_LOOP_CLOSED = 1u << 4,
    AL_SWITCH_REST = 1u << 5,
    AL_SWITCH_HAND_CONTROL = 1u << 6,
};

/* Bits 0 and 1 of al_telemetry.flags: latch sensors fitted; 2: first closed; 3: second closed */

/* The other bits of al_telemetry.flags */
enum {
    AL_FLAG_ARMED = 1u << 4,
    AL_FLAG_STOP_LATCHED = 1u << 5,
    AL_FLAG_STOP_PRESSED = 1u << 6,
    AL_FLAG_BRAKE = 1u << 7,
    AL_FLAG_RELAY = 1u << 8,
    AL_FLAG_BUZZER = 1u << 9,
    AL_FLAG_MAINS = 1u << 10,
    AL_FLAG_HAND_RETURN = 1u << 11,
    AL_FLAG_HOST_PRESENT = 1u << 12,
};

/* Numbers of faults; the bit of a fault is 1u << number */
enum {
    AL_FAULT_ANGLE_INVALID = 0,
    AL_FAULT_ANGLE_DISAGREES = 1,
    AL_FAULT_STALL_DOWN = 2,
    AL_FAULT_STALL_BACK = 3,
    AL_FAULT_OVER_CURRENT = 4,
    AL_FAULT_HOT_SOFT = 5,
    AL_FAULT_HOT_HARD = 6,
    AL_FAULT_MAINS_LOST = 7,
    AL_FAULT_SUPPLY_LOW = 8,
    AL_FAULT_ONE_LATCH_OPEN = 9,
    AL_FAULT_LATCHES_OPEN = 10,
    AL_FAULT_RUNAWAY = 11,
    AL_FAULT_BRAKE_SLIP = 12,
    AL_FAULT_STOP_LOOP_OPEN = 13,
    AL_FAULT_RESTARTED = 14,
    AL_FAULT_LEASE_EXPIRED = 15,
};

/* Bytes of a body; -1 for a type that no message has. */
static inline int al_body_len(uint8_t type)
{
    switch (type) {
    case AL_HELLO: return 8;
    case AL_ARM: return 4;
    case AL_DISARM: return 0;
    case AL_SET_TARGET: return 6;
    case AL_JOG: return 4;
    case AL_HOLD: return 0;
    case AL_RETURN_TO_REST: return 6;
    case AL_STOP: return 0;
    case AL_HEARTBEAT: return 4;
    case AL_ACKNOWLEDGE_STOP: return 0;
    case AL_CLEAR_FAULTS: return 2;
    case AL_READ_FAULT_LOG: return 2;
    case AL_READ_LIMITS: return 0;
    case AL_SET_LIMITS: return 8;
    case AL_HELLO_ACK: return 32;
    case AL_ACK: return 4;
    case AL_HEARTBEAT_ECHO: return 8;
    case AL_TELEMETRY: return 24;
    case AL_FAULT_ENTRY: return 16;
    case AL_LIMITS: return 20;
    default: return -1;
    }
}

static inline uint8_t al_get_u8(const uint8_t *b) { return b[0]; }
static inline int8_t al_get_i8(const uint8_t *b) { return (int8_t)b[0]; }
static inline uint16_t al_get_u16(const uint8_t *b) { return (uint16_t)(b[0] | (unsigned)b[1] << 8); }
static inline int16_t al_get_i16(const uint8_t *b) { return (int16_t)al_get_u16(b); }
static inline uint32_t al_get_u32(const uint8_t *b)
{
    return (uint32_t)al_get_u16(b) | (uint32_t)al_get_u16(b + 2) << 16;
}
static inline void al_put_u8(uint8_t *b, uint8_t v) { b[0] = v; }
static inline void al_put_i8(uint8_t *b, int8_t v) { b[0] = (uint8_t)v; }
static inline void al_put_u16(uint8_t *b, uint16_t v)
{
    b[0] = (uint8_t)v;
    b[1] = (uint8_t)(v >> 8);
}
static inline void al_put_i16(uint8_t *b, int16_t v) { al_put_u16(b, (uint16_t)v); }
static inline void al_put_u32(uint8_t *b, uint32_t v)
{
    al_put_u16(b, (uint16_t)v);
    al_put_u16(b + 2, (uint16_t)(v >> 16));
}

struct al_hello {
    uint8_t proto_min;
    uint8_t proto_max;
    uint32_t host_id;
};
static inline void al_get_hello(struct al_hello *m, const uint8_t *body)
{
    m->proto_min = al_get_u8(body + 0);
    m->proto_max = al_get_u8(body + 1);
    m->host_id = al_get_u32(body + 4);
}
static inline void al_put_hello(uint8_t *body, const struct al_hello *m)
{
    memset(body, 0, 8);
    al_put_u8(body + 0, m->proto_min);
    al_put_u8(body + 1, m->proto_max);
    al_put_u32(body + 4, m->host_id);
}

struct al_arm {
    uint32_t nonce;
};
static inline void al_get_arm(struct al_arm *m, const uint8_t *body)
{
    m->nonce = al_get_u32(body + 0);
}
static inline void al_put_arm(uint8_t *body, const struct al_arm *m)
{
    memset(body, 0, 4);
    al_put_u32(body + 0, m->nonce);
}

struct al_set_target {
    int16_t angle_cdeg;
    uint16_t rate_cdeg_s;
    uint16_t lease_ms;
};
static inline void al_get_set_target(struct al_set_target *m, const uint8_t *body)
{
    m->angle_cdeg = al_get_i16(body + 0);
    m->rate_cdeg_s = al_get_u16(body + 2);
    m->lease_ms = al_get_u16(body + 4);
}
static inline void al_put_set_target(uint8_t *body, const struct al_set_target *m)
{
    memset(body, 0, 6);
    al_put_i16(body + 0, m->angle_cdeg);
    al_put_u16(body + 2, m->rate_cdeg_s);
    al_put_u16(body + 4, m->lease_ms);
}

struct al_jog {
    int16_t rate_cdeg_s;
    uint16_t lease_ms;
};
static inline void al_get_jog(struct al_jog *m, const uint8_t *body)
{
    m->rate_cdeg_s = al_get_i16(body + 0);
    m->lease_ms = al_get_u16(body + 2);
}
static inline void al_put_jog(uint8_t *body, const struct al_jog *m)
{
    memset(body, 0, 4);
    al_put_i16(body + 0, m->rate_cdeg_s);
    al_put_u16(body + 2, m->lease_ms);
}

struct al_return_to_rest {
    uint16_t rate_cdeg_s;
    uint16_t lease_ms;
    uint8_t flags;
};
static inline void al_get_return_to_rest(struct al_return_to_rest *m, const uint8_t *body)
{
    m->rate_cdeg_s = al_get_u16(body + 0);
    m->lease_ms = al_get_u16(body + 2);
    m->flags = al_get_u8(body + 4);
}
static inline void al_put_return_to_rest(uint8_t *body, const struct al_return_to_rest *m)
{
    memset(body, 0, 6);
    al_put_u16(body + 0, m->rate_cdeg_s);
    al_put_u16(body + 2, m->lease_ms);
    al_put_u8(body + 4, m->flags);
}

struct al_heartbeat {
    uint32_t host_ms;
};
static inline void al_get_heartbeat(struct al_heartbeat *m, const uint8_t *body)
{
    m->host_ms = al_get_u32(body + 0);
}
static inline void al_put_heartbeat(uint8_t *body, const struct al_heartbeat *m)
{
    memset(body, 0, 4);
    al_put_u32(body + 0, m->host_ms);
}

struct al_clear_faults {
    uint16_t faults;
};
static inline void al_get_clear_faults(struct al_clear_faults *m, const uint8_t *body)
{
    m->faults = al_get_u16(body + 0);
}
static inline void al_put_clear_faults(uint8_t *body, const struct al_clear_faults *m)
{
    memset(body, 0, 2);
    al_put_u16(body + 0, m->faults);
}

struct al_read_fault_log {
    uint16_t index;
};
static inline void al_get_read_fault_log(struct al_read_fault_log *m, const uint8_t *body)
{
    m->index = al_get_u16(body + 0);
}
static inline void al_put_read_fault_log(uint8_t *body, const struct al_read_fault_log *m)
{
    memset(body, 0, 2);
    al_put_u16(body + 0, m->index);
}

struct al_set_limits {
    int16_t tilt_min_cdeg;
    int16_t tilt_max_cdeg;
    uint16_t max_rate_cdeg_s;
    uint16_t head_down_s;
};
static inline void al_get_set_limits(struct al_set_limits *m, const uint8_t *body)
{
    m->tilt_min_cdeg = al_get_i16(body + 0);
    m->tilt_max_cdeg = al_get_i16(body + 2);
    m->max_rate_cdeg_s = al_get_u16(body + 4);
    m->head_down_s = al_get_u16(body + 6);
}
static inline void al_put_set_limits(uint8_t *body, const struct al_set_limits *m)
{
    memset(body, 0, 8);
    al_put_i16(body + 0, m->tilt_min_cdeg);
    al_put_i16(body + 2, m->tilt_max_cdeg);
    al_put_u16(body + 4, m->max_rate_cdeg_s);
    al_put_u16(body + 6, m->head_down_s);
}

struct al_hello_ack {
    uint8_t proto;
    uint16_t firmware;
    uint32_t serial;
    uint32_t config_hash;
    uint32_t nonce;
    uint32_t host_id;
    uint16_t capabilities;
    int16_t tilt_min_cdeg;
    int16_t tilt_max_cdeg;
    uint16_t max_rate_cdeg_s;
    uint16_t max_lease_ms;
    uint16_t boot_count;
};
static inline void al_get_hello_ack(struct al_hello_ack *m, const uint8_t *body)
{
    m->proto = al_get_u8(body + 0);
    m->firmware = al_get_u16(body + 2);
    m->serial = al_get_u32(body + 4);
    m->config_hash = al_get_u32(body + 8);
    m->nonce = al_get_u32(body + 12);
    m->host_id = al_get_u32(body + 16);
    m->capabilities = al_get_u16(body + 20);
    m->tilt_min_cdeg = al_get_i16(body + 22);
    m->tilt_max_cdeg = al_get_i16(body + 24);
    m->max_rate_cdeg_s = al_get_u16(body + 26);
    m->max_lease_ms = al_get_u16(body + 28);
    m->boot_count = al_get_u16(body + 30);
}
static inline void al_put_hello_ack(uint8_t *body, const struct al_hello_ack *m)
{
    memset(body, 0, 32);
    al_put_u8(body + 0, m->proto);
    al_put_u16(body + 2, m->firmware);
    al_put_u32(body + 4, m->serial);
    al_put_u32(body + 8, m->config_hash);
    al_put_u32(body + 12, m->nonce);
    al_put_u32(body + 16, m->host_id);
    al_put_u16(body + 20, m->capabilities);
    al_put_i16(body + 22, m->tilt_min_cdeg);
    al_put_i16(body + 24, m->tilt_max_cdeg);
    al_put_u16(body + 26, m->max_rate_cdeg_s);
    al_put_u16(body + 28, m->max_lease_ms);
    al_put_u16(body + 30, m->boot_count);
}

struct al_ack {
    uint16_t of_seq;
    uint8_t of_type;
    uint8_t result;
};
static inline void al_get_ack(struct al_ack *m, const uint8_t *body)
{
    m->of_seq = al_get_u16(body + 0);
    m->of_type = al_get_u8(body + 2);
    m->result = al_get_u8(body + 3);
}
static inline void al_put_ack(uint8_t *body, const struct al_ack *m)
{
    memset(body, 0, 4);
    al_put_u16(body + 0, m->of_seq);
    al_put_u8(body + 2, m->of_type);
    al_put_u8(body + 3, m->result);
}

struct al_heartbeat_echo {
    uint32_t host_ms;
    uint32_t table_ms;
};
static inline void al_get_heartbeat_echo(struct al_heartbeat_echo *m, const uint8_t *body)
{
    m->host_ms = al_get_u32(body + 0);
    m->table_ms = al_get_u32(body + 4);
}
static inline void al_put_heartbeat_echo(uint8_t *body, const struct al_heartbeat_echo *m)
{
    memset(body, 0, 8);
    al_put_u32(body + 0, m->host_ms);
    al_put_u32(body + 4, m->table_ms);
}

struct al_telemetry {
    uint32_t table_ms;
    uint8_t state;
    uint8_t switches;
    uint16_t flags;
    uint16_t faults;
    int16_t angle_cdeg;
    int16_t angle2_cdeg;
    int16_t rate_cdeg_s;
    uint16_t current_10ma;
    uint16_t supply_10mv;
    int8_t temperature_c;
    uint16_t accepted;
};
static inline void al_get_telemetry(struct al_telemetry *m, const uint8_t *body)
{
    m->table_ms = al_get_u32(body + 0);
    m->state = al_get_u8(body + 4);
    m->switches = al_get_u8(body + 5);
    m->flags = al_get_u16(body + 6);
    m->faults = al_get_u16(body + 8);
    m->angle_cdeg = al_get_i16(body + 10);
    m->angle2_cdeg = al_get_i16(body + 12);
    m->rate_cdeg_s = al_get_i16(body + 14);
    m->current_10ma = al_get_u16(body + 16);
    m->supply_10mv = al_get_u16(body + 18);
    m->temperature_c = al_get_i8(body + 20);
    m->accepted = al_get_u16(body + 22);
}
static inline void al_put_telemetry(uint8_t *body, const struct al_telemetry *m)
{
    memset(body, 0, 24);
    al_put_u32(body + 0, m->table_ms);
    al_put_u8(body + 4, m->state);
    al_put_u8(body + 5, m->switches);
    al_put_u16(body + 6, m->flags);
    al_put_u16(body + 8, m->faults);
    al_put_i16(body + 10, m->angle_cdeg);
    al_put_i16(body + 12, m->angle2_cdeg);
    al_put_i16(body + 14, m->rate_cdeg_s);
    al_put_u16(body + 16, m->current_10ma);
    al_put_u16(body + 18, m->supply_10mv);
    al_put_i8(body + 20, m->temperature_c);
    al_put_u16(body + 22, m->accepted);
}

struct al_fault_entry {
    uint16_t index;
    uint8_t fault;
    uint32_t table_ms;
    int16_t angle_cdeg;
    uint16_t current_10ma;
    uint16_t count;
};
static inline void al_get_fault_entry(struct al_fault_entry *m, const uint8_t *body)
{
    m->index = al_get_u16(body + 0);
    m->fault = al_get_u8(body + 2);
    m->table_ms = al_get_u32(body + 4);
    m->angle_cdeg = al_get_i16(body + 8);
    m->current_10ma = al_get_u16(body + 10);
    m->count = al_get_u16(body + 12);
}
static inline void al_put_fault_entry(uint8_t *body, const struct al_fault_entry *m)
{
    memset(body, 0, 16);
    al_put_u16(body + 0, m->index);
    al_put_u8(body + 2, m->fault);
    al_put_u32(body + 4, m->table_ms);
    al_put_i16(body + 8, m->angle_cdeg);
    al_put_u16(body + 10, m->current_10ma);
    al_put_u16(body + 12, m->count);
}

struct al_limits {
    int16_t tilt_min_cdeg;
    int16_t tilt_max_cdeg;
    uint16_t max_rate_cdeg_s;
    uint16_t head_down_s;
    int16_t commissioned_tilt_min_cdeg;
    int16_t commissioned_tilt_max_cdeg;
    uint16_t commissioned_max_rate_cdeg_s;
    uint16_t commissioned_head_down_s;
    uint32_t config_hash;
};
static inline void al_get_limits(struct al_limits *m, const uint8_t *body)
{
    m->tilt_min_cdeg = al_get_i16(body + 0);
    m->tilt_max_cdeg = al_get_i16(body + 2);
    m->max_rate_cdeg_s = al_get_u16(body + 4);
    m->head_down_s = al_get_u16(body + 6);
    m->commissioned_tilt_min_cdeg = al_get_i16(body + 8);
    m->commissioned_tilt_max_cdeg = al_get_i16(body + 10);
    m->commissioned_max_rate_cdeg_s = al_get_u16(body + 12);
    m->commissioned_head_down_s = al_get_u16(body + 14);
    m->config_hash = al_get_u32(body + 16);
}
static inline void al_put_limits(uint8_t *body, const struct al_limits *m)
{
    memset(body, 0, 20);
    al_put_i16(body + 0, m->tilt_min_cdeg);
    al_put_i16(body + 2, m->tilt_max_cdeg);
    al_put_u16(body + 4, m->max_rate_cdeg_s);
    al_put_u16(body + 6, m->head_down_s);
    al_put_i16(body + 8, m->commissioned_tilt_min_cdeg);
    al_put_i16(body + 10, m->commissioned_tilt_max_cdeg);
    al_put_u16(body + 12, m->commissioned_max_rate_cdeg_s);
    al_put_u16(body + 14, m->commissioned_head_down_s);
    al_put_u32(body + 16, m->config_hash);
}

/* ---- frames: check, stuffing, decoder ------------------------------------------------------ */

/* A frame without its check and stuffing. `body` holds al_body_len(type) bytes. */
struct al_frame {
    uint8_t type;
    uint16_t seq;
    uint32_t session;
    uint8_t body[AL_MAX_BODY];
};

/* CRC-32C (Castagnoli), four bits at a time: 64 bytes of table. */
static inline uint32_t al_crc32c(const uint8_t *bytes, size_t n)
{
    static const uint32_t table[16] = {
        0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1, 0x417b1dbc, 0x5125dad3,
        0x61c69362, 0x7198540d, 0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9,
        0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75
    };
    uint32_t crc = 0xffffffffu;
    size_t i;
    for (i = 0; i < n; i++) {
        crc ^= bytes[i];
        crc = (crc >> 4) ^ table[crc & 15];
        crc = (crc >> 4) ^ table[crc & 15];
    }
    return ~crc;
}

/* Whether the fields of a body are what a sender may say. A motion without a lease is no frame. */
static inline int al_body_valid(uint8_t type, const uint8_t *body)
{
    unsigned rate, lease;
    int angle;
    switch (type) {
    case AL_SET_TARGET:
        angle = al_get_i16(body);
        rate = al_get_u16(body + 2);
        lease = al_get_u16(body + 4);
        return angle >= -18000 && angle <= 18000 && rate <= 18000 && lease >= 1 && lease <= AL_MAX_LEASE_MS;
    case AL_JOG:
        angle = al_get_i16(body);
        lease = al_get_u16(body + 2);
        return angle >= -18000 && angle <= 18000 && lease >= 1 && lease <= AL_MAX_LEASE_MS;
    case AL_RETURN_TO_REST:
        rate = al_get_u16(body);
        lease = al_get_u16(body + 2);
        return rate <= 18000 && lease >= 1 && lease <= AL_MAX_LEASE_MS;
    default:
        return 1;
    }
}

/* Writes `frame` with both delimiters; the bytes written, 0 for a type that no message has. */
static inline size_t al_encode(uint8_t out[AL_MAX_FRAME], const struct al_frame *frame)
{
    uint8_t packet[AL_MAX_PACKET];
    int body = al_body_len(frame->type);
    size_t n, i, code = 1;
    if (body < 0)
        return 0;
    packet[0] = AL_VERSION;
    packet[1] = frame->type;
    al_put_u16(packet + 2, frame->seq);
    al_put_u32(packet + 4, frame->session);
    memcpy(packet + AL_HEADER, frame->body, (size_t)body);
    n = AL_HEADER + (size_t)body;
    al_put_u32(packet + n, al_crc32c(packet, n));
    n += AL_CRC;
    out[0] = 0;
    for (i = 0; i < n; i++) {
        out[i + 2] = packet[i];
        if (packet[i] == 0) {
            out[code] = (uint8_t)(i + 2 - code);
            code = i + 2;
        }
    }
    out[code] = (uint8_t)(n + 2 - code);
    out[n + 2] = 0;
    return n + 3;
}

/* Reads the bytes between two delimiters. STOP is a STOP in any version and with any body. */
static inline int al_decode(struct al_frame *frame, const uint8_t *stuffed, size_t n)
{
    uint8_t packet[AL_MAX_STUFFED];
    size_t next, i;
    int body;
    if (n < 1 + AL_HEADER + AL_CRC || n > AL_MAX_STUFFED || stuffed[0] == 0)
        return 0;
    next = stuffed[0];
    for (i = 1; i < n; i++) {
        packet[i - 1] = stuffed[i];
        if (i == next) {
            if (stuffed[i] == 0)
                return 0;
            packet[i - 1] = 0;
            next += stuffed[i];
        }
    }
    if (next != n)
        return 0;
    n -= 1 + AL_CRC;
    if (al_crc32c(packet, n) != al_get_u32(packet + n))
        return 0;
    n -= AL_HEADER;
    memset(frame, 0, sizeof *frame);
    frame->type = packet[1];
    frame->seq = al_get_u16(packet + 2);
    frame->session = al_get_u32(packet + 4);
    if (frame->type == AL_STOP)
        return 1;
    body = al_body_len(frame->type);
    if (packet[0] != AL_VERSION || body < 0 || (size_t)body != n)
        return 0;
    memcpy(frame->body, packet + AL_HEADER, n);
    return al_body_valid(frame->type, frame->body);
}

/* Bytes since the last delimiter. Starts zeroed. */
struct al_receiver {
    uint8_t held[AL_MAX_STUFFED];
    size_t n;
};

/* Takes one byte; 1 when it completes a frame. */
static inline int al_receive(struct al_receiver *rx, uint8_t byte, struct al_frame *frame)
{
    size_t n = rx->n;
    if (byte != 0) {
        if (n < AL_MAX_STUFFED)
            rx->held[n] = byte;
        /* One more than fits says "too long" until the next delimiter. */
        rx->n = n < AL_MAX_STUFFED + 1 ? n + 1 : n;
        return 0;
    }
    rx->n = 0;
    return n <= AL_MAX_STUFFED && al_decode(frame, rx->held, n);
}

#endif
