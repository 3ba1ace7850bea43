"""pymodbus as the slave of this project's Modbus master, over two pseudo-terminals joined here."""

import asyncio
import logging
import os
import pty
import subprocess
import sys
import threading
import tty

from pymodbus.server import ModbusSerialServer
from pymodbus.simulator import DataType, SimData, SimDevice


def end():
    """One pseudo-terminal; its slave stays open, so that nobody's going ends the line."""
    master, slave = pty.openpty()
    tty.setraw(slave)
    return master, slave, os.ttyname(slave)


def carry(source, target):
    while True:
        os.write(target, os.read(source, 4096))


def registers():
    bits = [SimData(0, count=32, values=True, datatype=DataType.BITS)]
    inputs = [SimData(0, values=[7, 8, 9, 10], datatype=DataType.REGISTERS)]
    holding = [
        SimData(0, count=10, values=0, datatype=DataType.REGISTERS),
        SimData(10, values=[0x1234, 0xFFFF, 0x8000, 1], datatype=DataType.REGISTERS),
        SimData(14, count=20, values=0, datatype=DataType.REGISTERS),
    ]
    return SimDevice(1, simdata=(bits, bits, holding, inputs))


def alone(sending, data):
    """A unit that is not there says nothing on a real bus; pymodbus answers for it."""
    return b"" if sending and data[:1] != b"\x01" else data


async def serve(program):
    ours, _held, path = end()
    theirs, _held_too, their_path = end()
    for source, target in ((ours, theirs), (theirs, ours)):
        threading.Thread(target=carry, args=(source, target), daemon=True).start()
    server = ModbusSerialServer(
        registers(), port=their_path, baudrate=19200, trace_packet=alone
    )
    await server.serve_forever(background=True)
    asked = await asyncio.to_thread(subprocess.run, [program, path], timeout=120)
    await server.shutdown()
    return asked.returncode


# It tells at length about the unit that is not there.
logging.getLogger("pymodbus_internal").setLevel(logging.CRITICAL)
sys.stdout.flush()
os._exit(asyncio.run(serve(sys.argv[1])))
