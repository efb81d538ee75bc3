"""Whatever a supervised command leaves behind is gone, whoever is killed: the command, the supervisor's parent, or nobody."""

import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

# Starts a process in a session of its own, writes both ids, and sleeps.
COMMAND = """
import os, pathlib, subprocess, sys, time
child = subprocess.Popen(["sleep", "60"], start_new_session=True)
state = pathlib.Path(os.environ["FILESYSTEM_ROOT"])
assert (state / "tmp").is_dir() and os.environ["TEMP"] == str(state / "tmp")
ready = pathlib.Path(sys.argv[1])
ready.with_suffix(".part").write_text(f"{os.getpid()} {child.pid}")
ready.with_suffix(".part").rename(ready)
time.sleep(60)
"""


def is_alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


class SuperviseTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.state = self.folder / "state"

    def start(self) -> tuple[subprocess.Popen, list[int]]:
        """The parent of the supervisor, and the ids of what the supervisor started."""
        ready = self.folder / "ready"
        supervise = [sys.executable, "-m", "lambda_conformance_localstack.supervise", self.state]
        # A shell that does not become what it starts.
        parent = subprocess.Popen(
            ["sh", "-c", '"$@" & wait $!', "sh", *supervise, sys.executable, "-c", COMMAND, ready],
            stderr=subprocess.DEVNULL,
        )
        self.eventually(ready.exists)
        return parent, [int(pid) for pid in ready.read_text().split()]

    def eventually(self, what) -> None:
        deadline = time.monotonic() + 10
        while not what():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.02)

    def test_the_parent_is_killed(self):
        parent, pids = self.start()
        self.assertTrue(self.state.exists())
        parent.kill()
        parent.wait()
        self.eventually(lambda: not any(map(is_alive, pids)) and not self.state.exists())

    def test_the_command_is_killed(self):
        parent, pids = self.start()
        os.kill(pids[0], signal.SIGKILL)
        self.assertEqual(parent.wait(10), 1)
        self.assertFalse(any(map(is_alive, pids)))
        self.assertFalse(self.state.exists())


if __name__ == "__main__":
    unittest.main()
