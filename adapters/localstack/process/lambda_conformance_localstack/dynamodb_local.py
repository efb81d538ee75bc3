"""Makes of DynamoDBLocal, as Maven copies it, what LocalStack starts: two small jars beside its libraries."""

import base64
import re
import zipfile
from pathlib import Path

# LocalStack starts DynamoDBLocal with an agent of its own (for more than 20 indexes), which is in no Maven repository.
# This one does nothing. Compiled with --release 8 from
#   public class NoopAgent { public static void premain(String a, java.lang.instrument.Instrumentation i) {} }
AGENT = base64.b64decode(
    "yv66vgAAADQADwoAAgADBwAEDAAFAAYBABBqYXZhL2xhbmcvT2JqZWN0AQAGPGluaXQ+AQADKClWBwAIAQAJTm9vcEFnZW50AQAEQ29kZQEAD0xp"
    "bmVOdW1iZXJUYWJsZQEAB3ByZW1haW4BADsoTGphdmEvbGFuZy9TdHJpbmc7TGphdmEvbGFuZy9pbnN0cnVtZW50L0luc3RydW1lbnRhdGlvbjsp"
    "VgEAClNvdXJjZUZpbGUBAA5Ob29wQWdlbnQuamF2YQAhAAcAAgAAAAAAAgABAAUABgABAAkAAAAdAAEAAQAAAAUqtwABsQAAAAEACgAAAAYAAQAA"
    "AAEACQALAAwAAQAJAAAAGQAAAAIAAAABsQAAAAEACgAAAAYAAQAAAAEAAQANAAAAAgAO"
)

LOGGING = """<?xml version="1.0" encoding="UTF-8"?>
<Configuration status="WARN"><Appenders><Console name="Console"><PatternLayout pattern="%m%n"/></Console></Appenders>
<Loggers><Root level="WARN"><AppenderRef ref="Console"/></Root></Loggers></Configuration>
"""


def manifest(lines: list[str]) -> bytes:
    """A jar's manifest: lines of at most 72 bytes with their end, continued after a space."""
    text = b""
    for line in ["Manifest-Version: 1.0", *lines]:
        rest = line.encode()
        text += rest[:70] + b"\r\n"
        rest = rest[70:]
        while rest:
            text += b" " + rest[:69] + b"\r\n"
            rest = rest[69:]
    return text + b"\r\n"


def write_jar(path: Path, head: list[str], name: str, content: bytes | str) -> None:
    with zipfile.ZipFile(path, "w") as jar:
        jar.writestr("META-INF/MANIFEST.MF", manifest(head))
        jar.writestr(name, content)


def assemble(folder: Path) -> None:
    """`folder/DynamoDBLocal_lib` holds what Maven copied; the two jars come beside it."""
    library = folder / "DynamoDBLocal_lib"
    # libsqlite4java-linux-amd64-1.0.392.so: its loader looks for the name without the version.
    for file in list(library.iterdir()):
        if native := re.fullmatch(r"(libsqlite4java-.*|sqlite4java-.*)-[0-9.]+\.(so|dylib|dll)", file.name):
            file.rename(library / f"{native[1]}.{native[2]}")
    jars = sorted(jar.name for jar in library.glob("*.jar"))
    core = next(name for name in jars if name.startswith("DynamoDBLocal-"))
    with zipfile.ZipFile(library / core) as jar:
        main = next(name for name in jar.namelist() if name.endswith("/local/main/ServerRunner.class"))
    path = " ".join(f"DynamoDBLocal_lib/{name}" for name in [core, *(name for name in jars if name != core)])
    write_jar(folder / "ddb-local-loader-0.1.jar", ["Premain-Class: NoopAgent"], "NoopAgent.class", AGENT)
    head = [f"Main-Class: {main.removesuffix('.class').replace('/', '.')}", f"Class-Path: {path}"]
    write_jar(folder / "DynamoDBLocal.jar", head, "log4j2.xml", LOGGING)
