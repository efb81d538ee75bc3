"""install.py FOLDER: LocalStack 4.14.0 and what it needs. Runs on Python 3.13 and its standard library.

Safe to run again, and by several at once: the second one waits, and finds all there. What is done is told on stderr;
the last line on stdout is JSON: `{"lacks": {SERVICE: SENTENCE, …}}`, what this machine has no tools for.
All is asked of pip, npm and Maven as they are configured on the machine.
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from dynamodb_local import assemble

HERE = Path(__file__).parent
VERSION = "4.14.0"
# The extra "base-runtime", and what the services that we start need besides. The extra "runtime" would be 100 MB more.
PACKAGES = (
    f"localstack-core[base-runtime]=={VERSION}",
    "moto-ext",
    "airspeed-ext",
    "py-partiql-parser",
    "crontab",
    # DynamoDB Streams: without its bson the service is not there.
    "pymongo",
)
# What LocalStack 4.14.0 asks for (localstack/services/kinesis/packages.py).
KINESIS_VERSION = "0.5.2"
JAVA_AT_LEAST = 17


class Trouble(Exception):
    """A sentence for the user."""


def digest(*files: Path) -> str:
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


class Installation:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.library = folder / "lib"
        self.python = folder / "venv/bin/python"
        self.log = folder / "install.log"

    def part(self, name: str, signature: str, work: Callable[[], None]) -> None:
        """Does `work` unless it was done to its end before, with the same signature."""
        mark = self.folder / f"{name}.complete"
        if mark.exists() and mark.read_text() == signature:
            return
        mark.unlink(missing_ok=True)
        began = time.monotonic()
        print(f"  {name} …", end="", file=sys.stderr, flush=True)
        work()
        print(f" {time.monotonic() - began:.0f} s", file=sys.stderr)
        mark.write_text(signature)

    def run(self, *command: str | Path) -> None:
        with self.log.open("ab") as log:
            code = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log).returncode
        if code == 0:
            return
        last = self.log.read_text(errors="replace").strip().split("\n")[-3:]
        raise Trouble(f"{Path(command[0]).name} failed: {' | '.join(last)} (all of it: {self.log})")

    def packages(self) -> None:
        shutil.rmtree(self.folder / "venv", ignore_errors=True)
        self.run(sys.executable, "-m", "venv", self.folder / "venv")
        pip = (self.python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
        # Its own ranges let in releases that break it.
        self.run(*pip, "--constraint", HERE.parent / "constraints.txt", *PACKAGES)

    def kinesis(self, npm: str) -> None:
        folder = self.library / "kinesis-local" / KINESIS_VERSION
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self.run(npm, "install", "--no-audit", "--no-fund", "--prefix", folder, f"kinesis-local@{KINESIS_VERSION}")

    def dynamodb(self, maven: str) -> None:
        # LocalStack looks for version 2 of the API in this folder, whichever release is in it.
        folder = self.library / "dynamodb-local" / "2"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        jars = f"-DoutputDirectory={folder / 'DynamoDBLocal_lib'}"
        with tempfile.TemporaryDirectory() as project:
            # Maven writes beside the file that it reads.
            pom = shutil.copy(HERE.parent / "pom.xml", project)
            self.run(maven, "-q", "-B", "-f", pom, "dependency:copy-dependencies", "-DincludeScope=runtime", jars)
        assemble(folder)

    def java(self, home: Path) -> None:
        """LocalStack wants a Java 21 of its own, in this place; that of the machine does as well."""
        place = self.library / "java" / "21"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.unlink(missing_ok=True)
        place.symlink_to(home)

    def all(self) -> dict[str, str]:
        """Installs what is not there. Returns what cannot be, by service, each with a sentence."""
        constraints = digest(HERE.parent / "constraints.txt")
        self.part("Python packages", f"{sys.version} {PACKAGES} {constraints}", self.packages)
        lacks: dict[str, str] = {}
        npm = shutil.which("npm")
        if npm is None:
            lacks["kinesis"] = "kinesis-local comes from npm, and there is no npm on PATH"
        else:
            self.part("Kinesis", KINESIS_VERSION, lambda: self.kinesis(npm))
        maven, home = shutil.which("mvn"), java_home()
        if maven is None:
            lacks["dynamodb"] = "DynamoDBLocal comes from Maven, and there is no mvn on PATH (Debian: apt install maven)"
        elif home is None:
            lacks["dynamodb"] = f"DynamoDBLocal needs Java {JAVA_AT_LEAST}, and there is none at JAVA_HOME or on PATH"
        else:
            how = digest(HERE.parent / "pom.xml", HERE / "dynamodb_local.py")
            self.part("DynamoDB", how, lambda: self.dynamodb(maven))
            self.part("Java", str(home), lambda: self.java(home))
        return lacks


def java_home() -> Path | None:
    """Where a Java of at least 17 is: at JAVA_HOME, or on PATH."""
    homes = []
    if os.environ.get("JAVA_HOME"):
        homes.append(Path(os.environ["JAVA_HOME"]))
    if found := shutil.which("java"):
        homes.append(Path(found).resolve().parent.parent)
    for home in homes:
        try:
            asked = subprocess.run([home / "bin/java", "-version"], capture_output=True, text=True)
        except OSError:
            continue
        version = re.search(r'version "(\d+)', asked.stderr)
        if version and int(version[1]) >= JAVA_AT_LEAST:
            return home
    return None


def main() -> int:
    folder = Path(sys.argv[1]).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    # The lock goes with this process, however it ends.
    with (folder / "install.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            lacks = Installation(folder).all()
        except Trouble as trouble:
            print(f"\n{trouble}", file=sys.stderr)
            return 1
    print(json.dumps({"lacks": lacks}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
