"""The execution environment with real handlers: what each end of an attempt looks like, and that nothing is left of it."""

import json
import os
import select
import shutil
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path
from unittest import mock

from lambda_conformance_localstack import environment
from lambda_conformance_localstack.environment import Environment, Failed, Invocation

RUNTIMES = Path(environment.__file__).parent
NODE = [os.environ["LC_NODE"], str(RUNTIMES / "runtime.mjs")]
PYTHON = [sys.executable, str(RUNTIMES / "runtime.py")]
VARIABLES = {
    "PATH": os.environ["PATH"],
    "_HANDLER": "index.handler",
    "AWS_LAMBDA_FUNCTION_NAME": "f",
    "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
    "AWS_LAMBDA_LOG_GROUP_NAME": "g",
    "AWS_LAMBDA_LOG_STREAM_NAME": "s",
}


def is_alive(pid: int) -> bool:
    try:
        # "pid (name) state …": what was killed and is not yet reaped is dead.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


class EnvironmentTest(unittest.TestCase):
    def environment(self, code: str, name: str = "index.js", command: list[str] = NODE) -> Environment:
        folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, folder)
        Path(folder, name).write_text(code)
        made = Environment(command, folder, {**VARIABLES, "LAMBDA_TASK_ROOT": folder})
        self.addCleanup(made.end)
        return made

    def handler(self, body: str) -> Environment:
        made = self.environment(f"exports.handler = async (event, context) => {{ {body} }};")
        made.initialise()
        return made

    def invoke(self, made: Environment, event: object = None, timeout_seconds: int = 5, most_bytes: int = 1000) -> object:
        invocation = Invocation("id-1", "arn:f", "trace", json.dumps(event), timeout_seconds, most_bytes)
        return json.loads(made.invoke(invocation))

    def failure(self, made: Environment, **more) -> dict:
        with self.assertRaises(Failed) as caught:
            self.invoke(made, **more)
        return json.loads(caught.exception.body)

    def test_a_result_is_json_and_nothing_is_null(self):
        made = self.handler("return event")
        self.assertEqual(self.invoke(made, {"n": [1, "ü"]}), {"n": [1, "ü"]})
        self.assertEqual(self.invoke(self.handler("")), None)

    def test_the_context_tells_the_request(self):
        made = self.handler("return [context.awsRequestId, context.invokedFunctionArn, context.getRemainingTimeInMillis() > 4000]")
        self.assertEqual(self.invoke(made), ["id-1", "arn:f", True])

    def test_what_is_thrown_is_the_error_and_the_process_goes_on(self):
        made = self.handler("if (event.fails) throw new TypeError('no'); return process.pid")
        pid = self.invoke(made, {})
        failure = self.failure(made, event={"fails": True})
        self.assertEqual((failure["errorType"], failure["errorMessage"]), ("TypeError", "no"))
        self.assertEqual(self.invoke(made, {}), pid)

    def test_a_timeout_kills_the_process_and_what_it_started(self):
        made = self.handler(
            "const { pid } = require('child_process').spawn('sleep', ['60']);"
            "console.log(`pids ${process.pid} ${pid}`); await new Promise((done) => setTimeout(done, 60_000));"
        )
        failure = self.failure(made, timeout_seconds=1)
        self.assertEqual(failure["errorType"], "Sandbox.Timedout")
        self.assertIn("id-1", failure["errorMessage"])
        self.assertIn("Task timed out after 1.00 seconds", failure["errorMessage"])
        _, *pids = made.log_since(0).split()
        self.assertEqual(len(pids), 2)
        self.assertFalse(made.is_alive)
        time.sleep(0.05)
        self.assertEqual([pid for pid in pids if is_alive(int(pid))], [])

    def test_an_exit_is_an_error(self):
        self.assertEqual(self.failure(self.handler("process.exit(0)"))["errorType"], "Runtime.ExitError")

    def test_an_unhandled_rejection_is_an_error_and_ends_the_process(self):
        made = self.handler("Promise.reject(new Error('lost')); await new Promise((done) => setTimeout(done, 2_000));")
        failure = self.failure(made)
        self.assertEqual(failure["errorType"], "Runtime.UnhandledPromiseRejection")
        self.assertIn("lost", failure["errorMessage"])
        self.assertFalse(made.is_alive)

    def test_a_result_that_is_no_json_is_an_error(self):
        self.assertEqual(self.failure(self.handler("return 1n"))["errorType"], "TypeError")

    def test_a_result_over_the_limit_is_an_error_and_one_at_it_is_none(self):
        made = self.handler("return 'x'.repeat(event)")
        self.assertEqual(len(self.invoke(made, 98, most_bytes=100)), 98)
        self.assertEqual(self.failure(made, event=99, most_bytes=100)["errorType"], "Function.ResponseSizeTooLarge")

    def test_a_large_result_comes_whole(self):
        self.assertEqual(len(self.invoke(self.handler("return 'x'.repeat(6e6)"), most_bytes=7_000_000)), 6_000_000)

    def test_code_that_cannot_be_loaded_is_an_error_of_the_initialisation(self):
        for code, kind in (("throw new RangeError('no')", "RangeError"), ("", "Runtime.HandlerNotFound")):
            with self.subTest(kind), self.assertRaises(Failed) as caught:
                self.environment(code).initialise()
            self.assertEqual(json.loads(caught.exception.body)["errorType"], kind)
        with self.assertRaises(Failed) as caught:
            self.environment("", "other.js").initialise()
        self.assertEqual(json.loads(caught.exception.body)["errorType"], "Runtime.ImportModuleError")

    def test_a_process_that_is_never_ready_fails_its_initialisation(self):
        made = self.environment("await new Promise((done) => setTimeout(done, 60_000));", "index.mjs")
        with mock.patch.object(environment, "INIT_SECONDS", 0.5), self.assertRaises(Failed) as caught:
            made.initialise()
        self.assertEqual(json.loads(caught.exception.body)["errorType"], "Sandbox.Timedout")
        self.assertFalse(made.is_alive)

    def test_a_reply_that_is_there_is_not_late_for_one_who_looks_late(self):
        made = self.environment("exports.handler = async () => 1;")
        self.assertTrue(select.select([made._replies], [], [], 30)[0])
        with mock.patch.object(environment, "INIT_SECONDS", -1.0):
            made.initialise()
        self.assertEqual(self.invoke(made), 1)

    def test_es_modules_are_loaded(self):
        made = self.environment("export const handler = () => 7;", "index.mjs")
        made.initialise()
        self.assertEqual(self.invoke(made), 7)

    def test_the_log_is_what_was_written_since(self):
        made = self.handler("console.log(event)")
        self.invoke(made, "first")
        mark = made.log_length()
        self.invoke(made, "second")
        self.assertEqual(made.log_since(mark), "second\n")

    def test_ended_from_outside_an_attempt_fails(self):
        made = self.handler("await new Promise((done) => setTimeout(done, 60_000));")
        threading.Timer(0.2, made.end).start()
        self.assertEqual(self.failure(made)["errorType"], "Runtime.ExitError")

    def test_nothing_is_left_open(self):
        self.invoke(self.handler("return 1"))
        before = len(os.listdir("/proc/self/fd"))
        for _ in range(3):
            made = self.handler("return 1")
            self.invoke(made)
            made.end()
        deadline = time.monotonic() + 5
        # The thread that reads the log closes it when it sees the end.
        while len(os.listdir("/proc/self/fd")) > before and time.monotonic() < deadline:
            time.sleep(0.02)
        self.assertLessEqual(len(os.listdir("/proc/self/fd")), before)

    def test_python(self):
        code = "def handler(event, context):\n    if event == 'fail': raise KeyError('no')\n    return [event, context.aws_request_id]\n"
        made = self.environment(code, "index.py", PYTHON)
        made.initialise()
        self.assertEqual(self.invoke(made, 1), [1, "id-1"])
        self.assertEqual(self.failure(made, event="fail")["errorType"], "KeyError")


if __name__ == "__main__":
    unittest.main()
