"""Basicmicro's own package against the simulated RoboClaw."""

import sys
import time

from basicmicro import Basicmicro

from served import Served, until

ADDRESS = 0x80
checks = 0


def check(name, seen, expected):
    global checks
    assert seen == expected, f"{name}: {seen!r}, expected {expected!r}"
    checks += 1


def moved(served, start, by):
    return lambda: (served.tilt() - start) * by > 1.0


with Served(sys.argv[1], "roboclaw") as served:
    claw = Basicmicro(served.path, 115200, timeout=2.0, retries=2)
    check("open", bool(claw.Open()), True)
    known, name = claw.ReadVersion(ADDRESS)
    check("version", (bool(known), name.startswith("USB Roboclaw")), (True, True))

    # The timeout is off as delivered, and reads back what is set.
    check("timeout as delivered", claw.GetTimeout(ADDRESS), (True, 0.0))
    check("set timeout", claw.SetTimeout(ADDRESS, 1.5), True)
    check("timeout", claw.GetTimeout(ADDRESS), (True, 1.5))

    # What it measures.
    known, volts = claw.ReadMainBatteryVoltage(ADDRESS)
    check("main battery", (bool(known), 200 < volts < 260), (True, True))
    check("logic battery", claw.ReadLogicBatteryVoltage(ADDRESS)[1], 50)
    check("temperature", 150 < claw.ReadTemp(ADDRESS)[1] < 400, True)
    check("currents", claw.ReadCurrents(ADDRESS), (True, 0, 0))
    check("status", claw.ReadError(ADDRESS)[1], 0)

    # A duty turns the true bed, either way, and the encoder goes with it.
    start = served.tilt()
    counts = claw.ReadEncM1(ADDRESS)[1]
    until("the bed turns head-down", lambda: claw.DutyM1(ADDRESS, 16384) and moved(served, start, 1)())
    check("the encoder counts up", claw.ReadEncM1(ADDRESS)[1] > counts + 500, True)
    start = served.tilt()
    until("the bed comes back", lambda: claw.DutyM1(ADDRESS, -16384) and moved(served, start, -1)())
    check("stop", claw.DutyM1(ADDRESS, 0), True)

    # A position by the package's own move.
    goal = claw.ReadEncM1(ADDRESS)[1] + 3000
    check("move", claw.SpeedAccelDeccelPositionM1(ADDRESS, 5000, 4000, 5000, goal, 1), True)
    until("the position is reached", lambda: abs(claw.ReadEncM1(ADDRESS)[1] - goal) < 20)

    # With nobody speaking it stops by its own timeout, and does not latch.
    check("go", claw.DutyM1(ADDRESS, 16384), True)

    def stands():
        before = served.tilt()
        time.sleep(0.3)
        return abs(served.tilt() - before) < 0.02

    until("it stands by its timeout", stands)
    start = served.tilt()
    until("the next command moves it", lambda: claw.DutyM1(ADDRESS, -16384) and moved(served, start, -1)())
    claw.DutyM1(ADDRESS, 0)

    # Another address is silence, and so is a device that says nothing.
    try:
        known = claw.GetTimeout(ADDRESS + 1)[0]
    except Exception:
        known = False
    check("another address", bool(known), False)
    # An answer whose check does not fit is believed by nobody.
    served.type("fault bad-check")
    served.tilt()
    try:
        known = claw.GetTimeout(ADDRESS)[0]
    except Exception:
        known = False
    check("a wrong check", bool(known), False)
    claw.close()

# The line that `cargo xtask` counts by.
print(f"test result: ok. {checks} passed; 0 failed")
