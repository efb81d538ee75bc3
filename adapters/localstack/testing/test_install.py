"""Installing: what was done is not done again, and what this machine has no tools for is told."""

import io
import os
import tempfile
import unittest
from contextlib import redirect_stderr
from pathlib import Path
from unittest import mock

from lambda_conformance_localstack import dynamodb_local, install


class InstallTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.errors = io.StringIO()
        self.enterContext(redirect_stderr(self.errors))

    def test_a_part_is_done_once_and_again_where_it_is_another(self):
        done = []
        for signature in ("1", "1", "2", "2"):
            install.Installation(self.folder).part("part", signature, lambda: done.append(signature))
        self.assertEqual(done, ["1", "2"])

    def test_a_part_that_failed_is_done_again(self):
        installation = install.Installation(self.folder)

        def fail():
            raise install.Trouble("no")

        with self.assertRaises(install.Trouble):
            installation.part("part", "1", fail)
        done = []
        installation.part("part", "1", lambda: done.append(1))
        self.assertEqual(done, [1])

    def test_a_command_that_fails_is_told_with_its_last_words(self):
        with self.assertRaisesRegex(install.Trouble, "sh failed: no such package"):
            install.Installation(self.folder).run("sh", "-c", "echo no such package; exit 1")

    def test_without_tools_there_is_less_and_it_is_told(self):
        installation = install.Installation(self.folder)
        with (
            mock.patch.object(installation, "packages"),
            mock.patch.dict(os.environ, {"PATH": str(self.folder), "JAVA_HOME": ""}),
        ):
            lacks = installation.all()
        self.assertEqual(sorted(lacks), ["dynamodb", "kinesis"])
        self.assertIn("apt install maven", lacks["dynamodb"])

    def test_a_manifest_breaks_its_lines_at_72_bytes(self):
        text = dynamodb_local.manifest(["Class-Path: " + "x" * 200])
        lines = text.split(b"\r\n")
        self.assertTrue(all(len(line) <= 70 for line in lines))
        self.assertEqual(b"".join(line.removeprefix(b" ") for line in lines[1:]), b"Class-Path:" + b" " + b"x" * 200)


if __name__ == "__main__":
    unittest.main()
