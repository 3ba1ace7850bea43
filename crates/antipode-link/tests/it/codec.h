
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
