"""A simulated device of the real program: `antipode sim-serve` on a pseudo-terminal."""

import json
import subprocess
import time


class Served:
    """Serves one dialect until it is left."""

    def __init__(self, program, dialect):
        command = [program, "sim-serve", "--json", "--dialect", dialect]
        self.child = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            bufsize=1,
        )
        self.path = self.answer()["path"]

    def answer(self):
        line = self.child.stdout.readline()
        assert line, "sim-serve ended"
        return json.loads(line)

    def type(self, line):
        """Types a line that nothing answers."""
        self.child.stdin.write(line + "\n")

    def tilt(self):
        """Where the bed really is, in degrees."""
        self.type("tilt")
        return self.answer()["true_tilt_deg"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.child.terminate()
        self.child.wait(timeout=20)


def until(what, holds, patience_s=60):
    """Waits until `holds`; a slow machine is no failure, a thing that never comes is."""
    end = time.monotonic() + patience_s
    while not holds():
        assert time.monotonic() < end, f"never came: {what}"
        time.sleep(0.02)
