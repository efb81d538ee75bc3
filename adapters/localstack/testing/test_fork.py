"""One plug-in for LocalStack and its fork: it takes the classes, the variables and the paths of the one that is installed."""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from importlib.metadata import PathDistribution
from pathlib import Path

import lambda_conformance_localstack

PACKAGE = Path(lambda_conformance_localstack.__file__).parent

# As much of an emulator as the plug-in asks of it.
MODULES = {
    "config.py": "class Listen: port = 4566\nGATEWAY_LISTEN = [Listen]",
    "services/lambda_/invocation/plugins.py": "class RuntimeExecutorPlugin: namespace = 'NAME.lambda.runtime_executor'",
    "services/lambda_/invocation/executor_endpoint.py": "class StatusErrorException(Exception): ...",
    "services/lambda_/invocation/lambda_models.py": """
class FunctionVersion: ...
class InvocationResult:
    def __init__(self, **known): self.known = known""",
    "services/lambda_/invocation/runtime_executor.py": """
class RuntimeExecutor:
    def __init__(self, id, function_version): self.id, self.function_version = id, function_version""",
}

# An emulator calls it: a handler that returns its event, and the most bytes of a result.
CALLER = """
import json, pathlib, sys
from types import SimpleNamespace as Some
from lambda_conformance_localstack.plugin import ProcessExecutorPlugin
folder, name, told = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
code = Some(get_unzipped_code_location=lambda: pathlib.Path(folder))
version = Some(config=Some(code=code, runtime="python3.13", timeout=5, memory_size=128), id=Some(qualifier="$LATEST"))
executor = ProcessExecutorPlugin().load()("one", version)
names = ["FUNCTION_NAME", "FUNCTION_VERSION", "FUNCTION_MEMORY_SIZE", "LOG_GROUP_NAME", "LOG_STREAM_NAME"]
executor.start({"_HANDLER": "echo.handler", f"{name.upper()}_MAX_PAYLOAD_SIZE": 20} | {f"AWS_LAMBDA_{n}": "1" for n in names})
answers = []
for event in ['"short"', json.dumps("long" * 10)]:
    payload = {"invoke-id": "r", "invoked-function-arn": "a", "trace-id": "t", "payload": event}
    answers.append(executor.invoke(payload=payload, **told).known["is_error"])
executor.stop()
print(json.dumps([ProcessExecutorPlugin.namespace, executor.get_runtime_endpoint(), answers]))
"""


class ForkTest(unittest.TestCase):
    def called(self, name: str, **told: int) -> list:
        """What comes of the plug-in where a package of that name is installed."""
        with tempfile.TemporaryDirectory() as folder:
            for path, text in MODULES.items():
                file = Path(folder, name, path)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text.replace("NAME", name))
            Path(folder, "echo.py").write_text("def handler(event, context): return event")
            path = os.pathsep.join([folder, str(PACKAGE.parent)])
            output = subprocess.run(
                [sys.executable, "-c", CALLER, folder, name, json.dumps(told)],
                env={**os.environ, "PYTHONPATH": path},
                check=True,
                stdout=subprocess.PIPE,
            ).stdout
            return json.loads(output)

    def test_localstack(self):
        seen = self.called("localstack")
        endpoint = "http://127.0.0.1:4566/_localstack_lambda/one"
        self.assertEqual(seen, ["localstack.lambda.runtime_executor", endpoint, [False, True]])

    def test_localemu_which_tells_a_timeout_as_well(self):
        seen = self.called("localemu", function_timeout=5)
        endpoint = "http://127.0.0.1:4566/_localemu_lambda/one"
        self.assertEqual(seen, ["localemu.lambda.runtime_executor", endpoint, [False, True]])

    def test_both_find_it_by_the_names_that_they_look_for(self):
        [info] = PACKAGE.parent.glob("*.dist-info")
        points = {(point.group, point.name, point.value) for point in PathDistribution(info).entry_points}
        plugin = "lambda_conformance_localstack.plugin:ProcessExecutorPlugin"
        groups = [f"{name}.lambda.runtime_executor" for name in ("localstack", "localemu")]
        self.assertEqual(points, {(group, "processes", plugin) for group in groups})


if __name__ == "__main__":
    unittest.main()
