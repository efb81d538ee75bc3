"""LocalStack, or localemu, which is a fork of it with the same modules: whichever of the two is installed beside us."""

import importlib
import importlib.util
from types import ModuleType

# The name of its package, and, in capitals, what its variables begin with.
NAME = "localemu" if importlib.util.find_spec("localemu") else "localstack"


def module(path: str) -> ModuleType:
    return importlib.import_module(f"{NAME}.{path}")
