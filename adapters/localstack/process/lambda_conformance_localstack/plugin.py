"""How LocalStack finds the executor: by the entry point in the dist-info folder beside this package."""

from .fork import module


class ProcessExecutorPlugin(module("services.lambda_.invocation.plugins").RuntimeExecutorPlugin):
    # LAMBDA_RUNTIME_EXECUTOR names it.
    name = "processes"

    def load(self, *args, **kwargs):
        from .executor import ProcessExecutor

        return ProcessExecutor
