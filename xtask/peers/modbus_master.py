"""pymodbus as the master of the simulated Modbus drives."""

import sys

from pymodbus.client import ModbusSerialClient
from pymodbus.exceptions import ModbusIOException

from served import Served, until

checks = 0


def check(name, seen, expected):
    global checks
    assert seen == expected, f"{name}: {seen!r}, expected {expected!r}"
    checks += 1


def master(path, baud):
    client = ModbusSerialClient(path, baudrate=baud, parity="N", timeout=2.0, retries=0)
    assert client.connect()
    return client


def exception(answer):
    assert answer.isError(), answer
    return answer.exception_code


def silent(ask):
    try:
        answer = ask()
    except ModbusIOException:
        return True
    return answer.isError() and not hasattr(answer, "exception_code")


with Served(sys.argv[1], "linak") as served:
    bus = master(served.path, 19200)
    inputs = bus.read_input_registers(0, count=6, device_id=1).registers
    # 0.1 mm a count; level is at 100 mm and the bed starts at three degrees feet-down.
    check("position", 800 < inputs[0] < 900, True)
    check("valid, idle, reached", (inputs[2], inputs[3], inputs[5]), (1, 0, 0))
    bus.write_register(1, 1200, device_id=1)
    check("target", bus.read_holding_registers(1, count=2, device_id=1).registers, [1200, 0])
    start = served.tilt()
    check("run", bus.write_register(2, 1, device_id=1).registers, [1])
    until("the bed turns", lambda: served.tilt() > start + 1)
    # A broadcast is obeyed and not answered.
    bus.write_register(2, 0, device_id=0, no_response_expected=True)
    until("it stops", lambda: bus.read_input_registers(3, count=1, device_id=1).registers == [0])
    bus.write_registers(20, [500], device_id=1)
    bus.write_register(2, 1, device_id=1)
    reason = lambda: bus.read_input_registers(5, count=1, device_id=1).registers
    until("it stops by its own timeout", lambda: reason() == [2])
    bus.write_register(1, 1000, device_id=1)
    until(
        "it reaches its target",
        lambda: not bus.write_register(2, 1, device_id=1).isError() and abs(served.tilt()) < 0.5,
    )
    check("no such register", exception(bus.read_holding_registers(5000, count=1, device_id=1)), 2)
    check("no such value", exception(bus.write_register(2, 9, device_id=1)), 3)
    check("no such function", exception(bus.read_coils(0, count=1, device_id=1)), 1)
    served.type("fault wrong-unit")
    served.tilt()
    check("another unit", silent(lambda: bus.read_input_registers(0, count=1, device_id=1)), True)
    served.type("heal")
    served.tilt()
    check("unit 2", silent(lambda: bus.read_input_registers(0, count=1, device_id=2)), True)
    bus.close()

with Served(sys.argv[1], "leadshine") as served:
    bus = master(served.path, 115200)
    start = served.tilt()
    # JOG lasts as long as it is written again.
    until(
        "the bed turns",
        lambda: not bus.write_register(0x1801, 0x4001, device_id=1).isError()
        and served.tilt() > start + 1,
    )
    velocity = lambda: bus.read_holding_registers(0x1046, count=2, device_id=1).registers
    until("it stops by itself", lambda: velocity() == [0, 0])
    place = bus.read_holding_registers(0x1014, count=2, device_id=1).registers
    check("position", place[0] << 16 | place[1] > 2340000, True)
    check("no alarm", bus.read_holding_registers(0x2203, count=1, device_id=1).registers, [0])
    check("no input registers", exception(bus.read_input_registers(0, count=1, device_id=1)), 1)
    bus.close()

# The line that `cargo xtask` counts by.
print(f"test result: ok. {checks} passed; 0 failed")
