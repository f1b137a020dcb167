"""The launcher: what is missing is said in one line, and the command's own output stays its own."""

import json
import os
import subprocess

from command import ROOT


def launch(*arguments, **extra):
    return subprocess.run(
        [str(ROOT / "argus"), *arguments],
        capture_output=True,
        text=True,
        timeout=600,
        stdin=subprocess.DEVNULL,
        env=dict(os.environ, NO_COLOR="1", **extra),
    )


def test_a_libtorch_that_is_not_there_is_one_clear_error(tmp_path):
    for folder in (tmp_path / "nowhere", tmp_path):
        result = launch("list", LIBTORCH=str(folder))
        assert result.returncode == 1
        assert result.stdout == ""
        lines = result.stderr.strip().splitlines()
        assert len(lines) == 1 and lines[0].startswith("error: libtorch is missing"), result.stderr
        assert str(folder) in lines[0] and "Try" in lines[0]


def test_the_launcher_passes_arguments_output_and_status_on(tmp_path):
    result = launch("list", "--json")
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)
    assert launch("lst").returncode == 2
