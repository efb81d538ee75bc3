"""One execution environment: a child process that runs one handler. Knows nothing of LocalStack.

Invocations and results travel as lines of JSON through two pipes, for the standard output is the function's log.
"""

import json
import os
import select
import signal
import subprocess
import threading
import time
from dataclasses import dataclass

# Of AWS a function has ten, and what is late there is begun anew with its first invocation:
# https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html. Here a process that is late is one of many
# that a busy machine starts at once, and an attempt that fails for it would be held against LocalStack.
INIT_SECONDS = 60.0
# Bytes of log that are kept of each process; an answer shows the last 4 KB.
KEPT_LOG_BYTES = 1_048_576


@dataclass(frozen=True)
class Invocation:
    request_id: str
    arn: str
    trace_id: str
    # JSON, as it came.
    event: str
    timeout_seconds: int
    # Bytes of a result; what is longer is an error.
    most_bytes: int


class Failed(Exception):
    """The attempt is a function error; `body` is what its caller gets."""

    def __init__(self, body: bytes) -> None:
        super().__init__(body.decode("utf-8", "replace"))
        self.body = body


class _Late(Exception):
    pass


class _Gone(Exception):
    pass


def error_body(kind: str, message: str) -> bytes:
    return json.dumps({"errorType": kind, "errorMessage": message}, separators=(",", ":")).encode()


class Environment:
    """Ends with `end()`, with its process, or with whoever made it: the runtime reads its pipe to the end."""

    def __init__(self, command: list[str], folder: str, variables: dict[str, str]) -> None:
        requests, self._requests = os.pipe()
        self._replies, replies = os.pipe()
        try:
            self._process = subprocess.Popen(
                command,
                cwd=folder,
                env={**variables, "LC_REQUESTS": str(requests), "LC_REPLIES": str(replies)},
                pass_fds=(requests, replies),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                # A group of its own: what the handler starts is killed with it.
                process_group=0,
            )
        except BaseException:
            os.close(self._requests)
            os.close(self._replies)
            raise
        finally:
            os.close(requests)
            os.close(replies)
        self._unread = b""
        self._log = _Log(self._process)
        self._ending = threading.Lock()
        self._has_ended = False
        # Held while the pipes are in use: a number that is closed meanwhile may be another pipe's by then.
        self._pipes = threading.RLock()

    @property
    def is_alive(self) -> bool:
        return not self._has_ended and self._process.poll() is None

    def initialise(self) -> None:
        """Waits until the handler is loaded.

        :raises Failed: where it cannot be, or takes too long
        """
        try:
            with self._pipes:
                reply = self._receive(INIT_SECONDS)
        except _Late:
            self.end()
            raise Failed(error_body("Sandbox.Timedout", "the initialisation timed out")) from None
        except _Gone:
            self.end()
            raise Failed(error_body("Runtime.ExitError", "Runtime exited without providing a reason")) from None
        if reply["kind"] != "ready":
            self.end()
            raise Failed(reply["body"].encode())

    def invoke(self, invocation: Invocation) -> bytes:
        """The result of the handler, as JSON.

        :raises Failed: where the handler throws, times out, ends its process or returns too much
        """
        text = f"RequestId: {invocation.request_id} Error: "
        try:
            with self._pipes:
                self._send(invocation)
                reply = self._receive(invocation.timeout_seconds)
        except _Late:
            self.end()
            late = f"Task timed out after {invocation.timeout_seconds:.2f} seconds"
            raise Failed(error_body("Sandbox.Timedout", text + late)) from None
        except _Gone:
            self.end()
            gone = "Runtime exited without providing a reason"
            raise Failed(error_body("Runtime.ExitError", text + gone)) from None
        body = reply["body"].encode()
        if reply["kind"] == "fatal":
            self.end()
        if reply["kind"] != "result":
            raise Failed(body)
        if len(body) > invocation.most_bytes:
            message = f"Response payload size exceeded maximum allowed payload size ({invocation.most_bytes} bytes)."
            raise Failed(error_body("Function.ResponseSizeTooLarge", message))
        return body

    def log_length(self) -> int:
        return self._log.length()

    def log_since(self, mark: int) -> str:
        return self._log.since(mark)

    def end(self) -> None:
        """Kills the process and all of its group. May be called from any thread."""
        with self._ending:
            if self._has_ended:
                return
            self._has_ended = True
            try:
                os.killpg(self._process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            self._process.wait()
        # Whoever waits for a reply sees the end of the pipe now, and lets go of it.
        with self._pipes:
            os.close(self._requests)
            os.close(self._replies)

    def _send(self, invocation: Invocation) -> None:
        deadline = time.time() + invocation.timeout_seconds
        request = {
            "requestId": invocation.request_id,
            "arn": invocation.arn,
            "traceId": invocation.trace_id,
            "event": invocation.event,
            "deadlineMs": int(deadline * 1000),
        }
        line = json.dumps(request).encode() + b"\n"
        if self._has_ended:
            raise _Gone
        try:
            while line:
                line = line[os.write(self._requests, line) :]
        except OSError as error:
            raise _Gone from error

    def _receive(self, seconds: float) -> dict[str, str]:
        if self._has_ended:
            raise _Gone
        deadline = time.monotonic() + seconds
        poller = select.poll()
        poller.register(self._replies, select.POLLIN)
        parts = [self._unread]
        while b"\n" not in parts[-1]:
            # What is there counts, however late this thread comes to look.
            if not poller.poll(max(0.0, deadline - time.monotonic()) * 1000):
                raise _Late
            part = os.read(self._replies, 65_536)
            if part == b"":
                raise _Gone
            parts.append(part)
        line, self._unread = b"".join(parts).split(b"\n", 1)
        return json.loads(line)


class _Log:
    """What a process writes: a thread reads it all the time, so that the process never waits for room in the pipe."""

    def __init__(self, process: subprocess.Popen) -> None:
        assert process.stdout is not None
        self._output = process.stdout
        self._kept = bytearray()
        self._dropped = 0
        self._lock = threading.Lock()
        os.set_blocking(self._output.fileno(), False)
        threading.Thread(target=self._read_on, name="lambda-log", daemon=True).start()

    def _read_on(self) -> None:
        poller = select.poll()
        poller.register(self._output, select.POLLIN)
        while True:
            poller.poll()
            if not self._take():
                return

    def _take(self) -> bool:
        """Takes what is there by now. Returns whether there may be more later."""
        with self._lock:
            while not self._output.closed:
                try:
                    part = os.read(self._output.fileno(), 65_536)
                except BlockingIOError:
                    return True
                if part == b"":
                    self._output.close()
                    return False
                self._kept += part
                surplus = len(self._kept) - KEPT_LOG_BYTES
                if surplus > 0:
                    del self._kept[:surplus]
                    self._dropped += surplus
            return False

    def length(self) -> int:
        self._take()
        with self._lock:
            return self._dropped + len(self._kept)

    def since(self, mark: int) -> str:
        self._take()
        with self._lock:
            return bytes(self._kept[max(0, mark - self._dropped) :]).decode("utf-8", "replace")
