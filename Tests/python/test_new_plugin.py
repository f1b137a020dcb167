"""`argus new plugin`: what it writes builds, validates, tests and plays as it is; what it cannot write it refuses.

The project in Swift is built where ARGUS_EXAMPLES keeps builds from one run to the next, or with ARGUS_LONG=1.
"""

import json
import os
import pathlib
import re
import shutil
import stat
import subprocess
import sys
import urllib.parse

import pytest
from command import ARGUS, ROOT, argus, environment

pytestmark = pytest.mark.skipif(not ARGUS.exists(), reason="argus is not built")

LANGUAGES = ["swift", "c", "python"]
# Checks that the quick run asks of the peer; each starts a process of its own. ARGUS_LONG=1 asks all.
QUICK = [
    "bad-parameters", "legal-rows", "numbers-in-bounds", "reset-forgets", "snapshot-refuses", "text-equals-observation"]
PACKAGE = str(ROOT / "Python")
# WHAT (WHERE): found X, expected Y. [Try Z.]
ERROR = re.compile(r"^error: \S.* \(.+\): found .+, expected .+?\.( Try .+\.)?$")


def new(*arguments, cwd, check=0, **variables):
    result = subprocess.run(
        [str(ARGUS), "new", "plugin", *map(str, arguments)], cwd=cwd, capture_output=True, text=True, timeout=60,
        stdin=subprocess.DEVNULL, env=environment() | variables)
    assert result.returncode == check, f"{arguments}: {result.returncode}\n{result.stdout}\n{result.stderr}"
    return result


def refuse(*arguments, cwd, check, words, **variables):
    """One error in the standard form that holds all words, and nothing written."""
    before = sorted(cwd.rglob("*"))
    result = new(*arguments, cwd=cwd, check=check, **variables)
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert len(lines) == 1 and ERROR.match(lines[0]), result.stderr
    for word in words:
        assert word in lines[0], lines[0]
    assert sorted(cwd.rglob("*")) == before


def run(*command, cwd, timeout=120, **extra):
    result = subprocess.run(
        [str(part) for part in command], cwd=cwd, capture_output=True, text=True, timeout=timeout,
        stdin=subprocess.DEVNULL, env=environment(**extra))
    assert result.returncode == 0, f"{command}\n{result.stdout}\n{result.stderr}"
    return result.stdout


def files(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def evaluate(folder, team, **extra):
    """Mean return of 64 episodes and the metrics, of the scenario that the project has."""
    (scenario,) = [path for path in folder.glob("*.yaml") if path.name != "suite.yaml"]
    arguments = ("--team", team, "--episodes", 64, "--seed", 5, "--json")
    result = argus("evaluate", scenario.name, *arguments, cwd=folder, check=0, **extra)
    return json.loads(result.stdout)


def assert_is_the_game(folder, **extra):
    """Chance fails mostly, the script wins always, and words go with the numbers."""
    script, chance = evaluate(folder, "scripted", **extra), evaluate(folder, "random", **extra)
    assert script["metrics"]["solved"] == 1 and script["failed"] == chance["failed"] == 0
    assert script["return"]["mean"] > 0.9 and chance["return"]["mean"] < 0
    return chance["return"]["mean"]


# What is written


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_placeholder_is_left_and_nothing_outside_the_folder_is_written(language, tmp_path):
    result = new("My_game-2", "--language", language, cwd=tmp_path)
    folder = tmp_path / "My_game-2"
    assert [path.name for path in tmp_path.iterdir()] == ["My_game-2"]
    listed = set(re.findall(r"^  (\S+)$", result.stdout.split("\n\n")[0], re.MULTILINE))
    assert listed == files(folder)
    assert {"README.md", "My_game-2.yaml", "suite.yaml", ".gitignore"} <= listed
    for path in folder.rglob("*"):
        assert not re.search("__(NAME|id|Type|module|argus)", str(path.relative_to(folder)))
        if path.is_file():
            text = path.read_text()
            assert not re.search("__(NAME|id|Type|module|argus_?[a-z]*)__", text), path
            long = [line for line in text.splitlines() if len(line) > 120 and path.name != "argus_env.h"]
            assert not long, (path, long)
    assert (folder / "My_game-2.yaml").read_text().count("my-game-2") >= 1
    # The commands that it names are those of the README.
    readme = (folder / "README.md").read_text()
    for command in ("argus validate", "argus play My_game-2.yaml", "argus bench suite.yaml"):
        assert command in readme or language == "c" and "make test" in readme


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_suite_compares_chance_the_script_and_a_learner(language, tmp_path):
    new("compare", "--language", language, cwd=tmp_path)
    text = (tmp_path / "compare" / "suite.yaml").read_text()
    assert all(entry in text for entry in ("team: random", "team: scripted", "train: ippo"))


def test_an_empty_folder_is_filled_and_a_path_with_odd_characters_is_escaped(tmp_path):
    home = tmp_path / "clone's $a \"b\" #c"
    home.mkdir()
    for name in ("Package.swift", "Sources", "Templates", ".swift-format", "Scenarios", "Python"):
        (home / name).symlink_to(ROOT / name)
    for language in LANGUAGES:
        folder = tmp_path / f"in {language}"
        folder.mkdir()
        new("odd", "--language", language, "--out", folder, "--argus", home, cwd=tmp_path)
    url = re.search(r"file://\S+", (tmp_path / "in python" / "requirements.txt").read_text())[0]
    assert "#" not in url and urllib.parse.unquote(url) == f"file://{home}/Python"
    line = next(line for line in (tmp_path / "in c" / "README.md").read_text().splitlines() if "export PATH" in line)
    printed = subprocess.run(
        ["bash", "-c", f"{line}; printf %s \"$PATH\""], capture_output=True, text=True, check=True).stdout
    assert printed.startswith(f"{home}:")
    made = run("make", "--dry-run", "test", cwd=tmp_path / "in c")
    assert "/argus\" validate ./libodd.so" in made and "clone's $a" in made


# What is refused


@pytest.mark.parametrize(
    "name, proposal",
    [
        ("2 many", "my-2-many"), ("spa ce", "spa-ce"), ("../up", "up"), ("a/b", "a-b"), ("größe", "gr-e"),
        ("x_", "x"), ("", "my-environment"), ("--", None), ("$(date)", "date"), ("a" * 41, "a" * 40), ("a\nb", "a-b"),
        ("warehouse", "my-warehouse"),
    ],
)
def test_a_bad_name_is_refused_with_one_that_can_be_used(name, proposal, tmp_path):
    words = [f"Try '{proposal}'."] if proposal else []
    refuse(name, "--language", "c", cwd=tmp_path, check=2, words=words)
    if proposal:
        new(proposal, "--language", "c", cwd=tmp_path)


@pytest.mark.parametrize(
    "language, name",
    [
        ("python", "random"), ("python", "json"), ("python", "queue"), ("python", "numpy"), ("python", "class"),
        ("python", "argus-env"), ("python", "sequence"), ("swift", "environment"), ("swift", "argusEnvAPI"),
        ("swift", "string"), ("swift", "testing"), ("swift", "split-mix64"),
    ],
)
def test_a_name_that_would_hide_another_is_refused(language, name, tmp_path):
    refuse(name, "--language", language, cwd=tmp_path, check=2, words=[f"'{name}'", f"Try 'my-{name}'."])
    other = "swift" if language == "python" and name != "sequence" else "c"
    new(name, "--language", other, cwd=tmp_path)


def test_every_module_of_this_python_is_a_reserved_name(tmp_path):
    text = (ROOT / "Sources/argus/Templates/ReservedNames.swift").read_text().split("static let python ")[1]
    reserved = set(text.split('"""')[1].split())
    public = {name for name in sys.stdlib_module_names if not name.startswith("_")}
    assert {name.lower() for name in public} <= reserved


def test_nothing_is_overwritten(tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "precious.txt").write_text("precious")
    refuse("mine", "--language", "c", cwd=tmp_path, check=1, words=["a folder with files", "mine", "--out"])
    assert files(folder) == {"precious.txt"}
    (tmp_path / "taken").write_text("a file")
    refuse("taken", "--language", "python", cwd=tmp_path, check=1, words=["a file", "taken", "--out"])
    new("twice", "--language", "swift", cwd=tmp_path)
    refuse("twice", "--language", "swift", cwd=tmp_path, check=1, words=["a folder with files"])


def test_languages_are_three(tmp_path):
    refuse("mine", "--language", "rust", cwd=tmp_path, check=2, words=["--language", "'rust'", "swift, c, python"])
    refuse("mine", "--language", "pyton", cwd=tmp_path, check=2, words=["Try 'python'."])
    refuse("mine", cwd=tmp_path, check=2, words=["--language", "none", "swift, c, python"])
    refuse("--language", "c", cwd=tmp_path, check=2, words=["argus new"])


def test_missing_templates_and_a_wrong_clone_are_told(tmp_path):
    home = tmp_path / "home"
    (home / "Scenarios").mkdir(parents=True)
    refuse("mine", "--language", "c", cwd=tmp_path, check=1, words=["no template", str(home), "ARGUS_HOME"],
           ARGUS_HOME=str(home))
    refuse("mine", "--language", "c", "--argus", home, cwd=tmp_path, check=2, words=["--argus", "Package.swift"])
    refuse("mine", "--language", "c", cwd=tmp_path, check=1, words=["ARGUS_HOME"], ARGUS_HOME=str(tmp_path / "no"))
    # The template is there, but not what is copied beside it: nothing is written.
    (home / "Templates").symlink_to(ROOT / "Templates")
    refuse("mine", "--language", "c", cwd=tmp_path, check=1, words=["argus_env.h"], ARGUS_HOME=str(home))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "closed").mkdir(mode=stat.S_IRUSR | stat.S_IXUSR)
    refuse("mine", "--language", "c", "--out", "closed/mine", cwd=tmp_path, check=1, words=["permission denied"])


# What it is good for


def test_the_project_in_c_builds_validates_and_plays(tmp_path):
    new("two-callers", "--language", "c", cwd=tmp_path)
    folder = tmp_path / "two-callers"
    compiler = os.environ.get("CC", "cc")
    out = run(
        "make", "test", f"ARGUS={ARGUS}", f"CC={compiler}", "CFLAGS=-O2 -Werror -Wconversion", cwd=folder)
    assert "passed" in out and "failed" not in out and "crashed" not in out
    path = str(folder / "libtwo-callers.so")
    described = json.loads(
        argus("describe", "two-callers.yaml", "--json", cwd=folder, check=0, ARGUS_PLUGIN_PATH=path).stdout)
    assert described["scenario"] == "two-callers/5-cells"
    # Its reader of parameters is the part that no library does for it.
    boundary = ROOT / "Tests" / "python" / "test_plugin_boundary.py"
    chosen = [] if os.environ.get("ARGUS_LONG") == "1" else ["-k", "parameters"]
    run(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", boundary, *chosen, cwd=folder,
        ARGUS_PLUGIN_LIBRARY=path)
    assert_is_the_game(folder, ARGUS_PLUGIN_PATH=path)


def test_the_project_in_python_tests_validates_and_plays(tmp_path):
    new("two-callers", "--language", "python", cwd=tmp_path)
    folder = tmp_path / "two-callers"
    tested = run(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", cwd=folder, PYTHONPATH=PACKAGE)
    assert " passed" in tested
    chosen = [] if os.environ.get("ARGUS_LONG") == "1" else [word for name in QUICK for word in ("--only", name)]
    verdicts = json.loads(run(
        ARGUS, "validate", "--peer", "python two_callers.py", *chosen, "--json", cwd=folder, PYTHONPATH=PACKAGE))
    assert len(all_verdicts(verdicts)) >= len(QUICK) and set(all_verdicts(verdicts)) <= {"pass", "skip"}
    assert_is_the_game(folder, PYTHONPATH=PACKAGE)


def all_verdicts(document):
    """Every `verdict` in the JSON of `argus validate`."""
    if isinstance(document, dict):
        own = [document["verdict"]] if isinstance(document.get("verdict"), str) else []
        return own + [verdict for value in document.values() for verdict in all_verdicts(value)]
    if isinstance(document, list):
        return [verdict for value in document for verdict in all_verdicts(value)]
    return []


@pytest.mark.skipif(shutil.which("swift") is None, reason="swift is not installed")
@pytest.mark.parametrize("name", ["two-callers", "Alpha_2"])
def test_the_package_in_swift_is_well_formed(name, tmp_path):
    new(name, "--language", "swift", cwd=tmp_path)
    folder = tmp_path / name
    run("swift", "format", "lint", "--strict", "--recursive", "Package.swift", "Sources", "Tests", cwd=folder)
    package = json.loads(run("swift", "package", "describe", "--type", "json", cwd=folder))
    module = "TwoCallers" if name == "two-callers" else "Alpha2"
    assert {target["name"] for target in package["targets"]} == {module, f"{module}Tests"}
    assert package["products"][0]["name"] == module
    assert package["dependencies"][0]["path"] == str(ROOT)


@pytest.mark.skipif(
    "ARGUS_EXAMPLES" not in os.environ and os.environ.get("ARGUS_LONG") != "1",
    reason="a cold build takes a minute: ARGUS_EXAMPLES names a folder that keeps it, ARGUS_LONG=1 asks for it")
def test_the_project_in_swift_builds_tests_validates_and_plays_like_the_one_in_c(tmp_path):
    kept = pathlib.Path(os.environ.get("ARGUS_EXAMPLES", tmp_path)) / "new-plugin-swift"
    kept.mkdir(parents=True, exist_ok=True)
    folder, build = kept / "two-callers", kept / "build"
    shutil.rmtree(folder, ignore_errors=True)
    new("two-callers", "--language", "swift", "--out", folder, cwd=tmp_path)
    options = ("--configuration", "release", "--scratch-path", build)
    run("swift", "build", *options, cwd=folder, timeout=900)
    tested = run("swift", "test", *options, "--disable-testable-imports", cwd=folder, timeout=900)
    assert "6 tests" in tested and "passed" in tested
    library = build / "release" / "libTwoCallers.so"
    out = run(ARGUS, "validate", library, cwd=folder)
    assert "passed" in out and "failed" not in out and "crashed" not in out
    swift = assert_is_the_game(folder, ARGUS_PLUGIN_PATH=str(library))
    # The same seeds and actions give the same episodes.
    new("two-callers", "--language", "c", "--out", tmp_path / "c", cwd=tmp_path)
    run("make", f"CC={os.environ.get('CC', 'cc')}", cwd=tmp_path / "c")
    assert swift == assert_is_the_game(tmp_path / "c", ARGUS_PLUGIN_PATH=str(tmp_path / "c" / "libtwo-callers.so"))
