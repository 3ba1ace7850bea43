#!/usr/bin/env python3
"""A whole table that speaks table link on stdin and stdout: an example to copy from.

Antipode runs it as a program:   driver = "process"   address = "python3 /full/path/table.py"

The bed in it is simulated. For a table of your own, replace the class Bed: it turns at a rate, says
its tilt, and says how it comes home without power. Everything else is what a controller owes the
person on the bed: a lease on every motion, a STOP that latches, a return that nobody may block, and
a way home when the host is gone. docs/table-link.md in the project has every rule; the numbers in
brackets below are its sections.

Angles are millidegrees: 0 is horizontal, positive is head-down. Python 3.8, standard library only.
"""
import argparse, fcntl, math, os, select, struct, sys, time

TICK_S = 0.010
REST_LOW, REST_AIM, TILT_MIN, TILT_MAX = -10_000, -3_000, -90_000, 60_000
MAX_RATE, RETURN_RATE, RETURN_MAX, SLOW_RATE = 3_000, 3_000, 6_000, 2_000   # millidegrees a second
RAMP, BRAKING = 2_000, 8_000                            # millidegrees a second each second
LEASE_CAP, HELD_LEASE_CAP, ALONE_MS, HEAD_DOWN_MS = 250, 700, 5_000, 600_000

# Messages [2], states [3], results of an answer [2], faults [6].
HELLO, ARM, DISARM, TARGET, JOG, HOLD, RETURN, STOP = 0x01, 0x02, 0x03, 0x10, 0x11, 0x12, 0x13, 0x1F
HEARTBEAT, ACKNOWLEDGE, CLEAR, READ_LOG = 0x20, 0x21, 0x22, 0x23
HELLO_ACK, ACK, ECHO, TELEMETRY, FAULT = 0x81, 0x82, 0xA0, 0xB0, 0xB1
LENGTH = {HELLO: 8, ARM: 4, DISARM: 0, TARGET: 6, JOG: 4, HOLD: 0, RETURN: 6, HEARTBEAT: 4,
          ACKNOWLEDGE: 0, CLEAR: 2, READ_LOG: 2}
DISARMED, HOLDING, MOVING, RETURNING, STOPPED, LOSS_HOLD, LOSS_RETURN, FAULTED = range(8)
(ACCEPTED, DUPLICATE, STALE, WRONG_SESSION, NOT_ARMED, IS_STOPPED, IS_FAULTED, OUT_OF_RANGE, NOT_IN_REST,
 _STOP_HELD, WRONG_NONCE, UNSUPPORTED, IS_RETURNING, _YIELDED, NO_ENTRY, _NO_ANGLE, ALREADY_UP) = range(17)
RESTARTED, LEASE_EXPIRED = 14, 15


# --- Frames [1] ------------------------------------------------------------------------------------

def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def stuff(data):
    """COBS: no zero is left, so that a zero can only be a delimiter."""
    return b"".join(bytes([len(run) + 1]) + run for run in data.split(b"\0"))


def unstuff(data):
    out, at = bytearray(), 0
    while at < len(data):
        code = data[at]
        run = data[at + 1:at + code]
        if len(run) != code - 1:
            return b""
        out += run
        at += code
        if at < len(data):
            out.append(0)
    return bytes(out)


def frame(kind, seq, session, body):
    packet = struct.pack("<BBHI", 1, kind, seq, session) + body
    return b"\0" + stuff(packet + struct.pack("<I", crc32c(packet))) + b"\0"


class Frames:
    """Bytes in, whole and intact frames out. What is not understood is dropped."""

    def __init__(self):
        self.held = bytearray()

    def feed(self, data):
        for byte in data:
            if byte:
                if len(self.held) <= 45:        # a longer one is dropped up to the next delimiter
                    self.held.append(byte)
                continue
            packet = unstuff(bytes(self.held)) if len(self.held) <= 45 else b""
            self.held.clear()
            if len(packet) < 12 or crc32c(packet[:-4]) != struct.unpack("<I", packet[-4:])[0]:
                continue
            version, kind, seq, session = struct.unpack("<BBHI", packet[:8])
            body = packet[8:-4]
            # A STOP is a STOP in any version, whatever follows its header.
            if kind == STOP or (version == 1 and LENGTH.get(kind) == len(body)):
                yield kind, seq, session, body


# --- The bed: replace this by yours ----------------------------------------------------------------

class Bed:
    """A simulated bed. Its true tilt and rate stand in a file, where the one who tests looks; the
    file is locked, so that two programs cannot have one bed, and a new start finds it as it was."""

    def __init__(self, path):
        self.tilt, self.rate, self.file = -3_000.0, 0.0, None
        if path:
            self.file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
            try:
                fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                sys.exit("another program has this bed: end it first")
            if old := os.read(self.file, 64).split():
                self.tilt = float(old[0])
            self.tell()

    def turn(self, wanted, seconds):
        """Turns for a moment; `wanted` is a rate in millidegrees a second, 0 stops and holds."""
        faster = abs(wanted) > abs(self.rate) and wanted * self.rate >= 0
        step = (RAMP if faster else BRAKING) * seconds
        if wanted * self.rate < 0:
            wanted = 0                          # a reversal goes through zero
        self.rate += max(-step, min(step, wanted - self.rate))
        self.tilt = max(TILT_MIN, min(TILT_MAX, self.tilt + self.rate * seconds))
        self.tell()

    def tell(self):
        if self.file is not None:
            os.pwrite(self.file, b"%12d %8d\n" % (round(self.tilt), round(self.rate)), 0)


# --- The controller --------------------------------------------------------------------------------

class Controller:
    def __init__(self, bed, say):
        self.bed, self.say = bed, say
        self.session = self.nonce = self.host_id = self.hello_seq = self.last_seq = self.accepted = 0
        self.seq = 0                            # of our own frames
        self.armed = self.stopped = self.greeted = False
        self.motion = None                      # (kind, target, rate, lease's end, held) [4.5]
        self.faults, self.log = 1 << RESTARTED, []
        self.now = self.heard = self.told = self.busy = 0
        self.stop_at = self.armed_at = self.head_down = 0
        self.alone = 0.0                        # ms without a host, forgiven at a quarter of the speed
        self.best_delay = None                  # the quickest heartbeat: our clock less the host's
        self.late = False
        self.last_state = DISARMED

    # What a host may ask.

    def hear(self, kind, seq, session, body):
        if kind == STOP:                        # from anyone, in any order, in any state
            result = self.stop(seq, session)
        elif kind == HELLO:
            return self.hello(seq, *struct.unpack("<BBHI", body))
        elif kind == READ_LOG:
            return self.read_log(seq, *struct.unpack("<H", body))
        elif session != self.session or session == 0:
            result = WRONG_SESSION
        else:
            ahead = (seq - self.last_seq) & 0xFFFF
            new = 1 <= ahead <= 0x7FFF
            if kind in (HOLD, DISARM):          # ending a motion is never too late
                result = self.hold() if kind == HOLD else self.disarm()
            elif not new:
                result = DUPLICATE if ahead == 0 else STALE
            else:
                result = self.command(kind, body)
            if new:
                self.last_seq = seq
                self.accepted = seq if result == ACCEPTED else self.accepted
            if kind == HEARTBEAT and new:
                return
        self.send(ACK, struct.pack("<HBB", seq, kind, result))

    def hello(self, seq, low, high, _, host_id):
        if not low <= 1 <= high:
            return self.send(ACK, struct.pack("<HBB", seq, HELLO, UNSUPPORTED))
        ahead = (seq - self.hello_seq) & 0xFFFF
        same = self.session and host_id == self.host_id
        if same and ahead > 0x7FFF:
            return self.send(ACK, struct.pack("<HBB", seq, HELLO, STALE))
        if not (same and ahead == 0):           # a repeated greeting changes nothing
            self.host_id, self.hello_seq, self.last_seq, self.accepted = host_id, seq, seq, seq
            self.session = int.from_bytes(os.urandom(4), "little") or 1
            self.nonce = int.from_bytes(os.urandom(4), "little")
            self.best_delay, self.late, self.greeted = None, False, True
            self.armed = False                  # a new session is disarmed
            if self.motion and (self.motion[0] != RETURN or self.motion[4]):
                self.motion = None
            self.forget_restart()
        capabilities = 1 | 1 << 4 | 2 << 5 | 3 << 7     # returns alone, brake, 2 latches, gravity
        self.send(HELLO_ACK, struct.pack("<BBHIIIIHhhHHH", 1, 0, 1, 4711, 0x5EED, self.nonce, host_id,
                  capabilities, TILT_MIN // 10, TILT_MAX // 10, MAX_RATE // 10, LEASE_CAP, 1))

    def command(self, kind, body):
        if kind in (TARGET, JOG, RETURN, HEARTBEAT):
            self.heard = self.now               # the host lives; nothing else shows it [4.6]
        if kind == HEARTBEAT:
            return self.heartbeat(*struct.unpack("<I", body))
        if kind == ARM:
            return self.arm(*struct.unpack("<I", body))
        if kind == TARGET:
            target, rate, lease = struct.unpack("<hHH", body)
            return self.move(TARGET, target * 10, min(rate * 10, MAX_RATE), lease)
        if kind == JOG:
            rate, lease = struct.unpack("<hH", body)
            rate = max(-MAX_RATE, min(MAX_RATE, rate * 10))
            return self.move(JOG, TILT_MAX if rate > 0 else TILT_MIN, abs(rate), lease)
        if kind == RETURN:
            rate, lease, flags, _ = struct.unpack("<HHBB", body)
            return self.host_return(rate * 10 or RETURN_RATE, lease, flags & 1 == 1)
        if kind == ACKNOWLEDGE:
            return self.acknowledge()
        return self.clear(*struct.unpack("<H", body))

    def stop(self, seq, session):
        ours = session == self.session
        new = ours and 1 <= (seq - self.last_seq) & 0xFFFF <= 0x7FFF
        held_return = self.motion and self.motion[0] == RETURN
        if not self.stopped or (held_return and (new or not ours)):
            self.stopped, self.armed, self.motion, self.stop_at = True, False, None, self.now
        if new:
            self.last_seq = self.accepted = seq
        return ACCEPTED

    def arm(self, nonce):
        if nonce != self.nonce:
            return WRONG_NONCE
        if self.stopped:
            return IS_STOPPED
        if self.bed.tilt > 0:
            return NOT_IN_REST
        if self.faults:
            return IS_FAULTED
        self.armed, self.armed_at = True, self.now
        return ACCEPTED

    def disarm(self):
        self.armed = False
        return self.hold()

    def hold(self):
        if self.motion and self.motion[3] is None:
            return IS_RETURNING                 # the table's own return: nobody may block it
        self.motion = None
        return ACCEPTED

    def move(self, kind, target, rate, lease):
        if self.stopped:
            return IS_STOPPED
        if self.motion and self.motion[0] == RETURN:
            return IS_RETURNING
        if self.faults:
            return IS_FAULTED
        if not self.armed:
            return NOT_ARMED
        if self.late:
            return STALE                        # the wire held it back: it was for another moment
        if not TILT_MIN <= target <= TILT_MAX:
            return OUT_OF_RANGE
        self.motion = (kind, target, rate, self.now + min(max(lease, 1), LEASE_CAP), False)
        return ACCEPTED

    def host_return(self, rate, lease, held):
        if self.motion and self.motion[3] is None:
            return ACCEPTED                     # it comes home by itself already
        if self.stopped and not (held and self.now - self.stop_at >= 250):
            return IS_STOPPED
        if self.bed.tilt <= 0 and not (self.motion and self.motion[0] == RETURN):
            self.motion = None
            return ALREADY_UP
        cap = HELD_LEASE_CAP if held else LEASE_CAP
        self.motion = (RETURN, REST_AIM, min(rate, RETURN_MAX), self.now + min(lease, cap), held)
        return ACCEPTED

    def heartbeat(self, host_ms):
        delay = (self.now - host_ms) & 0xFFFFFFFF
        if self.best_delay is None or (delay - self.best_delay) & 0x80000000:
            self.best_delay = delay
        self.late = (delay - self.best_delay) & 0xFFFFFFFF > LEASE_CAP
        if self.late and self.motion and self.motion[0] in (TARGET, JOG):
            self.motion = None
        self.send(ECHO, struct.pack("<II", host_ms, self.now & 0xFFFFFFFF))
        return ACCEPTED

    def acknowledge(self):
        if self.stopped and not REST_LOW <= self.bed.tilt <= 0:
            return NOT_IN_REST
        self.stopped = False                    # then arming and a new motion are needed
        return ACCEPTED

    def clear(self, mask):
        if self.bed.tilt > 0:
            return NOT_IN_REST
        self.faults &= ~mask
        return ACCEPTED

    # What time does.

    def tick(self, now):
        self.now = now
        self.forget_restart()
        self.expire()
        self.come_home_alone()
        self.bed.turn(self.wanted(), TICK_S)
        state = self.state()
        if self.bed.tilt > 0 or self.bed.rate or self.armed:
            self.busy = now
        often = 50 if now - self.busy < 1_000 else 500
        if state != self.last_state or now - self.told >= often:
            self.last_state, self.told = state, now
            self.telemetry(state)

    def forget_restart(self):
        if self.greeted and self.bed.tilt <= 0:
            self.faults &= ~(1 << RESTARTED)

    def expire(self):
        if self.motion and self.motion[3] is not None and self.now >= self.motion[3]:
            kind, held, driven = self.motion[0], self.motion[4], abs(self.bed.rate) > 0
            self.motion = None
            if driven and not held:
                self.fault(LEASE_EXPIRED)
            self.armed = self.armed and kind == RETURN

    def come_home_alone(self):
        silent = self.now - self.heard > LEASE_CAP
        self.alone = min(self.alone + 10, ALONE_MS) if silent else max(0.0, self.alone - 2.5)
        if self.bed.tilt <= 0 and not silent:
            self.alone = 0.0                    # level and heard: nothing is owed
        self.head_down = self.head_down + 10 if self.bed.tilt > 0 else 0
        if self.bed.tilt <= 0 and self.now - self.heard > ALONE_MS and self.now - self.armed_at > ALONE_MS:
            self.armed = False
        due = self.alone >= ALONE_MS or self.head_down >= HEAD_DOWN_MS
        if due and self.bed.tilt > 0 and not self.stopped and self.greeted:
            if not self.motion or self.motion[3] is not None:
                self.armed = False
                self.motion = (RETURN, REST_AIM, RETURN_RATE, None, False)

    def wanted(self):
        """The rate of this moment: slow enough to stop at the target."""
        if not self.motion:
            return 0
        kind, target, rate, _, _ = self.motion
        left = target - self.bed.tilt
        if kind == RETURN and left >= 0 or abs(left) < 10:
            self.motion = None if kind == RETURN else self.motion
            return 0
        if kind == RETURN:                      # at most 2 degrees a second at level
            level = max(0.0, self.bed.tilt)
            rate = min(rate, math.sqrt(SLOW_RATE ** 2 + RAMP * level))
        rate = min(rate, math.sqrt(RAMP * abs(left)) + 20)
        return math.copysign(rate, left)

    def state(self):
        if self.motion and self.motion[0] == RETURN:
            return LOSS_RETURN if self.motion[3] is None and self.alone >= ALONE_MS else RETURNING
        if self.stopped:
            return STOPPED
        if self.motion:
            return MOVING
        if self.bed.tilt > 0 and self.now - self.heard > LEASE_CAP:
            return LOSS_HOLD
        if self.faults:
            return FAULTED
        return HOLDING if self.armed else DISARMED

    # What it says.

    def fault(self, bit):
        self.faults |= 1 << bit
        self.log = [(bit, self.now, self.bed.tilt)] + self.log[:63]
        self.read_log(0, 0)

    def read_log(self, seq, index):
        if index >= len(self.log):
            return self.send(ACK, struct.pack("<HBB", seq, READ_LOG, NO_ENTRY))
        bit, at, tilt = self.log[index]
        self.send(FAULT, struct.pack("<HBBIhHHH", index, bit, 0, at & 0xFFFFFFFF, outward(tilt), 0, 1, 0))

    def telemetry(self, state):
        closed = 1 << 4 | (REST_LOW <= self.bed.tilt <= 0) << 5     # STOP loop, rest switch
        flags = 2 | 1 << 2 | 1 << 3 | self.armed << 4 | self.stopped << 5 | 1 << 10
        flags |= (not self.motion) << 7 | (self.now - self.heard <= LEASE_CAP) << 12
        self.send(TELEMETRY, struct.pack("<IBBHHhhhHHbBH", self.now & 0xFFFFFFFF, state, closed, flags,
                  self.faults, outward(self.bed.tilt), -32768, outward(self.bed.rate),
                  100 if self.bed.rate else 0, 2_400, 25, 0, self.accepted))

    def send(self, kind, body):
        self.seq = (self.seq + 1) & 0xFFFF
        self.say(frame(kind, self.seq, self.session, body))


def outward(thousandths):
    """Hundredths, rounded away from zero: nobody is ever closer to level than we say."""
    return int(math.copysign(math.ceil(abs(round(thousandths)) / 10), thousandths))


# --- The program -----------------------------------------------------------------------------------

def say(data):
    """A host that is gone or does not read must not hold the bed up, or end its controller."""
    try:
        os.write(1, data)
    except (BlockingIOError, BrokenPipeError):
        pass


def main():
    arguments = argparse.ArgumentParser(description="An example table that speaks table link on stdio.")
    arguments.add_argument("--bed", help="file in which the simulated bed's true tilt and rate stand")
    bed = Bed(arguments.parse_args().bed)
    os.set_blocking(1, False)
    table, frames, host = Controller(bed, say), Frames(), True
    began = due = time.monotonic()
    while True:
        due += TICK_S
        left = 1.0
        while left > 0:                         # at least once a turn, however late it is
            left = due - time.monotonic()
            if select.select([0] if host else [], [], [], max(0.0, left))[0]:
                data = os.read(0, 4_096)
                host = bool(data)               # end of input: the host is gone; the bed is not
                for heard in frames.feed(data):
                    table.hear(*heard)
        now = int((due - began) * 1_000)
        table.tick(now)
        if time.monotonic() - due > 1.0:        # we were suspended: the bed was not driven meanwhile
            due = time.monotonic()
        if not host and bed.tilt <= 0 and bed.rate == 0 and not table.motion:
            sys.exit(0)


if __name__ == "__main__":
    main()
