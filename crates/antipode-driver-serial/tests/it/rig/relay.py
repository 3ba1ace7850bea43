"""Runs a table program and makes trouble on its streams: relay.py CONTROL PROGRAM ARGUMENT...

CONTROL is a file that may say: none, mute, late MS, twice, garbage. The program's process id stands
in CONTROL.pid. When the host closes its end the program's input closes; its output is still taken.
"""
import os, random, select, subprocess, sys, time

control, command = sys.argv[1], sys.argv[2:]
child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
with open(control + ".pid", "w") as file:
    file.write(str(child.pid))

chance, pending, seen, trouble = random.Random(1), [], 0.0, ["none"]
inputs = {0: child.stdin.fileno(), child.stdout.fileno(): 1}


def pass_on(to, data):
    try:
        os.write(to, data)
    except OSError:
        pass


while child.stdout.fileno() in inputs:
    now = time.monotonic()
    if now - seen > 0.01:
        seen = now
        try:
            with open(control) as file:
                trouble = file.read().split() or trouble
        except OSError:
            if not os.path.isdir(os.path.dirname(control)):
                child.kill()                    # the test is over, wherever it left the bed
                sys.exit(0)
    ready, _, _ = select.select(list(inputs), [], [], 0.005)
    for source in ready:
        data, to = os.read(source, 4096), inputs[source]
        if not data:
            del inputs[source]
            if source == 0:
                child.stdin.close()
            continue
        kind = trouble[0]
        if kind == "mute" and to == 1:
            continue
        noise = chance.randbytes(chance.randrange(8)) if kind == "garbage" else b""
        held = int(trouble[1]) / 1000 if kind == "late" else 0.0
        pending += [(now + held, to, noise + data)] * (2 if kind == "twice" else 1)
    while pending and pending[0][0] <= time.monotonic():
        _, to, data = pending.pop(0)
        pass_on(to, data)
sys.exit(child.wait() and 1)
