"""`argus validate` finds every seeded defect of Tests/Defects, by the check that its README names."""

import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import time

import pytest
from command import ARGUS, BUILD, ROOT, argus, environment

DEFECTS = ROOT / "Tests" / "Defects"
# Warnings: legal, but probably not meant.
WARNINGS = {"upper-seed-bits-ignored", "seed-without-effect", "baseline-illegal", "SLOW_START"}
CRASHES = {
    "crash-in-step", "exit-in-step", "crash-in-second-reset", "crash-at-illegal-action", "CRASH_AT_LOAD",
}  # fmt: skip
# What the reason must say, where it is more than that something differs.
WORDS = {
    "crash-in-step": "signal 11",
    "exit-in-step": "status 3",
    "crash-in-second-reset": "in reset()",
    "hang-in-step": "hangs",
    "observation-not-a-number": "nan",
    "observation-out-of-bounds": "1.5",
    "leaks-instances": "grew by",
    "leaks-steps": "grew by",
    "exit-at-start": "the licence of this environment has run out",
    "exception-in-step": "coin",
    "wrong-shape": "found 7 numbers",
    "outlives-its-driver": "still runs",
    "SLOW_START": "1.3 s",
    "NO_ENTRY": "no entry function",
    "OTHER_VERSION": "version",
    "text-leaks": "equal rows with different texts",
    "text-hides": "equal texts from rows",
}

def tables():
    """README.md's rows by section: [(defect, check)]."""
    found = {}
    for line in (DEFECTS / "README.md").read_text().splitlines():
        if line.startswith("## "):
            rows = found.setdefault(line[3:], [])
        elif match := re.match(r"\| `([^`]+)` \| `([^`]+)` \|", line):
            rows.append(match.groups())
    return found


SECTIONS = tables()
LIBRARY = SECTIONS["Plugin: defects.c"]
BUILT = SECTIONS["Plugin, built with -D"]
PYTHON = SECTIONS["Peer: defective_peer.py"]
WIRE = SECTIONS["Peer: defective_wire.py"]


def build(folder, name, *definitions):
    path = folder / f"lib{name}.so"
    compiler = os.environ.get("CC", "cc")
    subprocess.run(
        [compiler, "-std=gnu11", "-O1", "-shared", "-fPIC", "-I", str(ROOT / "Sources/CArgusEnv/include"), *definitions,
         "-o", str(path), str(DEFECTS / "defects.c"), "-lm"], check=True)  # fmt: skip
    return path


def validate(*arguments):
    result = argus("validate", *arguments, "--json", timeout=120, PYTHONPATH=str(ROOT / "Python"))
    assert result.returncode in (0, 1), result.stderr
    report = json.loads(result.stdout)
    checks = [check for item in report["environments"] for check in item["checks"]]
    assert (result.returncode == 1) == (report["failed"] + report["crashed"] > 0)
    return report, {check["name"]: check for check in checks}


def peer(script, defect):
    return f"{sys.executable} {DEFECTS / script} {defect}"


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    return build(tmp_path_factory.mktemp("defects"), "defects")


@pytest.fixture(scope="module")
def peer_reports():
    """What the check of each defective peer found, two at a time: a peer mostly waits for its interpreter to start."""

    def run(item):
        script, defect, check = item
        limit = {"slow-start": 3, "hang-in-step": 6, "says-it-is-a-policy": 10}.get(defect, 30)
        arguments = ["--peer", peer(script, defect), "--only", check, "--time-limit", str(limit), "--effort", "1600"]
        if check != "starts":
            # Known, so that the check need not be preceded by a start.
            name = "dice" if script == "defective_wire.py" else "walk" if defect.startswith("batch-") else "collectors"
            arguments += ["--environment", name]
        return item, validate(*arguments)

    items = [("defective_peer.py", *row) for row in PYTHON] + [("defective_wire.py", *row) for row in WIRE]
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        return dict(pool.map(run, items))


def require_found(defect, check, checks):
    assert check in checks, f"{check} did not run: {list(checks)}"
    found = checks[check]
    expected = {"warn"} if defect in WARNINGS else {"crashed"} if defect in CRASHES else {"fail"}
    assert found["verdict"] in expected, found
    assert len(found["reason"]) > 10 and found["remedy"], found
    assert WORDS.get(defect, "").lower() in found["reason"].lower(), found


def test_there_are_enough_defects():
    assert len(LIBRARY) + len(BUILT) >= 40 and len(PYTHON) >= 25 and len(WIRE) >= 9


@pytest.mark.parametrize("defect, check", LIBRARY)
def test_plugin_defect_is_found(library, defect, check):
    limit = 4 if defect == "hang-in-step" else 30
    _, checks = validate(library, "--environment", defect, "--only", check, "--effort", "1500", "--time-limit", limit)
    require_found(defect, check, checks)
    found = checks[check]
    if found["verdict"] == "fail" and check in {"plays", "numbers-in-bounds", "legal-rows", "interleaved-equal"}:
        assert found["seed"] is not None and found["step"] is not None


@pytest.mark.parametrize("definition, check", BUILT)
def test_plugin_defect_at_loading_is_found(tmp_path, definition, check):
    path = build(tmp_path, "variant", "-DONE_ENVIRONMENT", f"-D{definition}")
    if check == "manifest-agrees":
        earlier = build(tmp_path, "earlier", "-DONE_ENVIRONMENT")
        text = subprocess.run(
            [BUILD / "argus-env-runner", "--describe", earlier], check=True, capture_output=True, text=True,
            env=environment()).stdout  # fmt: skip
        (tmp_path / "libvariant.plugin.yaml").write_text(text)
    _, checks = validate(path, "--only", check)
    require_found(definition, check, checks)


@pytest.mark.parametrize("defect, check", PYTHON)
def test_python_peer_defect_is_found(peer_reports, defect, check):
    _, checks = peer_reports["defective_peer.py", defect, check]
    require_found(defect, check, checks)


@pytest.mark.parametrize("defect, check", WIRE)
def test_wire_defect_is_found(peer_reports, defect, check):
    _, checks = peer_reports["defective_wire.py", defect, check]
    require_found(defect, check, checks)


def test_sound_plugin_passes_every_check(tmp_path):
    report, checks = validate(build(tmp_path, "sound", "-DONE_ENVIRONMENT"))
    assert {name for name, check in checks.items() if check["verdict"] != "pass"} == {"manifest-agrees"}
    assert report["passed"] >= 40 and report["failed"] == report["crashed"] == report["warnings"] == 0
    assert [item["environment"] for item in report["environments"]] == ["", "sound"]


@pytest.mark.parametrize("name", ["Warehouse", "Foraging", "Skirmish", "CustomerService", "ResearchTeam"])
def test_our_own_plugins_pass_every_check(name):
    report = json.loads(argus("validate", BUILD / f"lib{name}.so", "--json", check=0).stdout)
    assert (report["warnings"], report["failed"], report["crashed"]) == (0, 0, 0), report
    assert report["passed"] > 35


def test_sound_peer_passes_the_checks_that_find_defects():
    wanted = sorted({check for _, check in PYTHON + WIRE if check != "wire-ends"})
    if os.environ.get("ARGUS_LONG") == "1":
        wanted = []
    options = [word for check in wanted for word in ("--only", check)]
    report, checks = validate("--peer", peer("defective_peer.py", "sound"), "--effort", "160", "--jobs", "3", *options)
    assert {check["verdict"] for check in checks.values()} == {"pass"}, report
    assert len(checks) >= len(wanted)


@pytest.mark.skipif(os.environ.get("ARGUS_LONG") != "1", reason="takes a minute")
@pytest.mark.parametrize("script, name", [("defective_peer.py", "batch-sound"), ("defective_wire.py", "sound")])
def test_other_sound_peers_pass_every_check(script, name):
    _, checks = validate("--peer", peer(script, name))
    assert {check["verdict"] for check in checks.values()} <= {"pass", "skip"}, checks


def test_sound_parameters_are_passed_on(library):
    _, checks = validate(library, "--environment", "sound", "--only", "plays", "--set", "size=9")
    assert checks["plays"]["verdict"] == "pass"


def test_checks_are_listed():
    names = [check["name"] for check in json.loads(argus("validate", "--list", "--json", check=0).stdout)]
    assert len(names) == len(set(names)) >= 45
    assert {check for rows in SECTIONS.values() for _, check in rows} <= set(names)
    assert "seed-fixes-episode" in argus("validate", "--list", check=0).stdout


@pytest.mark.parametrize(
    "arguments, words",
    [
        ([], "nothing to check"),
        (["libx.so", "--peer", "python x.py"], "two things"),
        (["libx.so", "--only", "no-such-check"], "unknown check"),
        (["libx.so", "--only", "wire-ends"], "unknown check"),
        (["libx.so", "--set", "size"], "KEY=VALUE"),
        (["libx.so", "--effort", "1"], "--effort"),
        (["LIBRARY", "--environment", "nowhere"], "unknown environment"),
        (["LIBRARY", "--environment", "sound", "--set", "colour=red"], "colour"),
    ],
)
def test_misuse_is_refused(library, arguments, words):
    result = argus("validate", *[library if word == "LIBRARY" else word for word in arguments])
    assert result.returncode == 2 and words in result.stderr, result.stderr


def test_missing_library_fails_in_words():
    result = argus("validate", "libmissing.so")
    assert result.returncode == 1
    assert "starts" in result.stdout and "libmissing.so" in result.stdout


def test_table_says_what_to_mend(library):
    result = argus("validate", library, "--environment", "dead-revived", "--only", "dead-stay-dead")
    assert result.returncode == 1
    for words in ("dead-stay-dead", "FAIL", "rises from the dead", "seed", "To mend", "1 failed"):
        assert words in result.stdout, result.stdout


def test_interrupted_run_leaves_no_process(library):
    process = subprocess.Popen(
        [ARGUS, "validate", library, "--environment", "hang-in-step", "--only", "plays"], env=environment(),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)  # fmt: skip

    def children():
        found = []
        for entry in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
            try:
                words = entry.read_bytes().decode(errors="replace")
            except OSError:
                continue
            if str(library) in words and "--child-files" in words:
                found.append(words)
        return found

    def becomes(condition):
        for _ in range(100):
            if condition():
                return True
            time.sleep(0.05)
        return False

    assert becomes(children)
    process.kill()
    process.wait()
    assert becomes(lambda: not children())
