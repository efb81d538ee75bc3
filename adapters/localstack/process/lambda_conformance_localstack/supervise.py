"""supervise.py STATE COMMAND…: runs a command in a state folder, and kills all that it started when it ends.

LocalStack starts processes in groups of their own (functions, DynamoDBLocal, kinesis-mock), which outlive it where it is
killed. This process is a "child subreaper": what loses its parent below it becomes its child, and is found. Linux only.
"""

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

# linux/prctl.h
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
SIGNALS = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP}
# Longer than a process takes to go after SIGKILL.
PATIENCE_SECONDS = 10


def children() -> list[int]:
    found = []
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            stat = Path("/proc", name, "stat").read_text()
        except OSError:
            continue
        # "pid (any name) state parent …"
        if int(stat.rpartition(")")[2].split()[1]) == os.getpid():
            found.append(int(name))
    return found


def kill_all() -> None:
    """A child that is killed leaves its own children to us: again, until there are none."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        for pid in children():
            os.kill(pid, signal.SIGKILL)
        try:
            while os.waitpid(-1, os.WNOHANG) != (0, 0):
                pass
        except ChildProcessError:
            return
        time.sleep(0.01)


def variables(state: Path) -> dict[str, str]:
    """LocalStack's, with its files below `state`; what Python itself would take from the user's shell is left out."""
    left_out = {"TMPDIR", "PYTHONHOME", "AWS_PROFILE", "AWS_ENDPOINT_URL"}
    kept = {name: value for name, value in os.environ.items() if name not in left_out}
    return {
        **kept,
        "FILESYSTEM_ROOT": str(state),
        # LocalStack unpacks the code of functions there. (It takes TMPDIR too, and complains.)
        "TEMP": str(state / "tmp"),
        # Its plug-in manager keeps a cache.
        "XDG_CACHE_HOME": str(state / "cache"),
    }


def prepare(state: Path) -> None:
    # What was left by a process that was killed together with its supervisor.
    shutil.rmtree(state, ignore_errors=True)
    (state / "tmp").mkdir(parents=True)
    # The programs that LocalStack starts, where they were installed.
    if programs := os.environ.get("LC_PROGRAMS"):
        library = state / "var/lib/localstack"
        library.mkdir(parents=True)
        (library / "lib").symlink_to(programs)


def main() -> int:
    state, command = Path(sys.argv[1]), sys.argv[2:]
    parent = os.getppid()
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    # Whoever started us ends, however: that is the signal to end, too.
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:
        return 1
    # A killed group must not take us with it: what is in other groups is ours to kill.
    os.setsid()
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS | {signal.SIGCHLD})
    prepare(state)
    code = 1
    try:
        child = subprocess.Popen(
            command, env=variables(state), start_new_session=True, preexec_fn=unblocked
        )
        while child.poll() is None:
            if signal.sigwait(SIGNALS | {signal.SIGCHLD}) in SIGNALS:
                return 0
        code = child.returncode
    finally:
        kill_all()
        shutil.rmtree(state, ignore_errors=True)
    print(f"LocalStack ended by itself ({code})", file=sys.stderr)
    return 1


def unblocked() -> None:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS | {signal.SIGCHLD})


if __name__ == "__main__":
    sys.exit(main())
