"""Runs one handler for Python. Invocations come as lines of JSON, and results go as such: see environment.py."""

import importlib
import json
import os
import sys
import time
import traceback

requests = os.fdopen(int(os.environ.pop("LC_REQUESTS")), "r")
replies = os.fdopen(int(os.environ.pop("LC_REPLIES")), "w", buffering=1)


class Context:
    def __init__(self, request: dict) -> None:
        self.aws_request_id = request["requestId"]
        self.invoked_function_arn = request["arn"]
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self._deadline_ms = request["deadlineMs"]

    def get_remaining_time_in_millis(self) -> int:
        return max(0, self._deadline_ms - int(time.time() * 1000))


def reply(kind: str, body: str) -> None:
    replies.write(json.dumps({"kind": kind, "body": body}) + "\n")


def error_body(error: BaseException) -> str:
    """https://docs.aws.amazon.com/lambda/latest/dg/python-exceptions.html: message, type and trace, without our own frame."""
    trace = traceback.format_list(traceback.extract_tb(error.__traceback__)[1:])
    return json.dumps({"errorMessage": str(error), "errorType": type(error).__name__, "stackTrace": trace})


sys.path.insert(0, os.environ["LAMBDA_TASK_ROOT"])
try:
    module, _, exported = os.environ["_HANDLER"].rpartition(".")
    handler = getattr(importlib.import_module(module.replace("/", ".")), exported)
except BaseException as error:
    traceback.print_exc()
    reply("initError", error_body(error))
    sys.exit(1)
reply("ready", "")
# The pipe ends with whoever made this process.
for line in requests:
    request = json.loads(line)
    os.environ["_X_AMZN_TRACE_ID"] = request["traceId"]
    try:
        result = json.dumps(handler(json.loads(request["event"]), Context(request)))
    except Exception as error:
        traceback.print_exc()
        reply("error", error_body(error))
    else:
        reply("result", result)
