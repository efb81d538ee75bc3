"""The runtime executor: LocalStack's own container executor, with a process in the container's place.

All that is decided here and not by LocalStack is listed in adapters/localstack/executorRules.ts.
"""

import os
import sys
import threading
import time
from pathlib import Path

from .environment import Environment, Failed, Invocation
from .fork import NAME, module

config = module("config")
executor_endpoint = module("services.lambda_.invocation.executor_endpoint")
lambda_models = module("services.lambda_.invocation.lambda_models")
runtime_executor = module("services.lambda_.invocation.runtime_executor")

HERE = Path(__file__).parent


class ProcessExecutor(runtime_executor.RuntimeExecutor):
    """One execution environment of LocalStack. Its process is started anew after a time-out or a crash."""

    def __init__(self, id: str, function_version: lambda_models.FunctionVersion) -> None:
        super().__init__(id=id, function_version=function_version)
        self._variables: dict[str, str] = {}
        self._environment: Environment | None = None
        self._is_stopped = False
        self._lock = threading.Lock()

    def start(self, env_vars: dict[str, str]) -> None:
        self._variables = {name: str(value) for name, value in env_vars.items()}
        try:
            self._begin()
        except Failed as failed:
            # What LocalStack expects where a function cannot be initialised.
            raise executor_endpoint.StatusErrorException("the function could not be initialised", payload=failed.body) from failed

    def _begin(self) -> Environment:
        folder = str(self.function_version.config.code.get_unzipped_code_location())
        variables = {"PATH": os.environ["PATH"], "LANG": "en_US.UTF-8", **self._variables, "LAMBDA_TASK_ROOT": folder}
        with self._lock:
            if self._is_stopped:
                raise RuntimeError("the execution environment was stopped")
            self._environment = Environment(self._command(), folder, variables)
        self._environment.initialise()
        return self._environment

    def _command(self) -> list[str]:
        runtime = self.function_version.config.runtime or "of an image"
        if runtime.startswith("nodejs"):
            return [os.environ["LC_NODE"], str(HERE / "runtime.mjs")]
        if runtime.startswith("python"):
            return [sys.executable, "-u", str(HERE / "runtime.py")]
        raise ValueError(f"functions in processes are nodejs* and python*, not {runtime}")

    def stop(self) -> None:
        with self._lock:
            self._is_stopped = True
            environment = self._environment
        if environment:
            environment.end()

    def invoke(
        self, payload: dict[str, str], function_timeout: int | None = None
    ) -> lambda_models.InvocationResult:
        # localemu tells the timeout; what it tells is that of the version.
        version = self.function_version
        started = time.monotonic()
        environment = self._environment
        mark = 0
        try:
            if environment is None or not environment.is_alive:
                environment = self._begin()
            mark = environment.log_length()
            invocation = Invocation(
                request_id=payload["invoke-id"],
                arn=payload["invoked-function-arn"],
                trace_id=payload["trace-id"],
                event=payload["payload"],
                timeout_seconds=version.config.timeout,
                most_bytes=int(self._variables[f"{NAME.upper()}_MAX_PAYLOAD_SIZE"]),
            )
            body, is_error = environment.invoke(invocation), False
        except Failed as failed:
            body, is_error = failed.body, True
        written = environment.log_since(mark) if environment else ""
        ms = (time.monotonic() - started) * 1000
        request_id = payload["invoke-id"]
        # https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html
        logs = (
            f"START RequestId: {request_id} Version: {version.id.qualifier}\n{written}END RequestId: {request_id}\n"
            f"REPORT RequestId: {request_id}\tDuration: {ms:.2f} ms\tBilled Duration: {int(ms) + 1} ms\t"
            f"Memory Size: {version.config.memory_size} MB\tMax Memory Used: {version.config.memory_size} MB\t\n"
        )
        return lambda_models.InvocationResult(request_id=request_id, payload=body, is_error=is_error, logs=logs)

    def get_logs(self) -> str:
        return self._environment.log_since(0) if self._environment else ""

    # Addresses, of which LocalStack makes variables of functions.

    def get_address(self) -> str:
        return "127.0.0.1"

    def get_endpoint_from_executor(self) -> str:
        return "127.0.0.1"

    def get_runtime_endpoint(self) -> str:
        return f"http://127.0.0.1:{config.GATEWAY_LISTEN[0].port}/_{NAME}_lambda/{self.id}"

    @classmethod
    def prepare_version(cls, function_version: lambda_models.FunctionVersion) -> None:
        if function_version.config.code:
            function_version.config.code.prepare_for_execution()

    @classmethod
    def cleanup_version(cls, function_version: lambda_models.FunctionVersion) -> None:
        """Its code is removed by LocalStack."""
