"""What a document shows to be written compiles against what there is."""

import json
import os
import re
import shutil
import statistics
import subprocess

import pytest

from command import BUILD, ROOT


def with_the_documents_algorithm(source, target):
    """Writes the document's file, and the list of algorithms with it, into `target`."""
    text = (ROOT / "Documentation" / "writing-an-algorithm.md").read_text()
    (code,) = re.findall(r"```swift\n(import.*?)```", text, re.S)
    registry = (source / "Algorithm.swift").read_text()
    assert registry.count(".mappo,") == 1
    (target / "IA2C.swift").write_text(code)
    (target / "Algorithm.swift").write_text(registry.replace(".mappo,", ".mappo, .ia2c,"))


def test_the_algorithm_that_the_document_adds_compiles(tmp_path):
    with_the_documents_algorithm(ROOT / "Sources" / "ArgusTrain" / "Algorithms", tmp_path)
    sources = {path.name: path for path in (ROOT / "Sources" / "ArgusTrain").rglob("*.swift")}
    sources |= {path.name: path for path in tmp_path.glob("*.swift")}
    maps = [*(ROOT / "Sources").rglob("module.modulemap"), *(ROOT / ".build/checkouts").rglob("module.modulemap")]
    # As SwiftPM calls it, without making anything; it names a package after its folder.
    package = re.sub(r"[^a-z0-9]", "_", ROOT.name.lower())
    result = subprocess.run(
        ["swiftc", "-typecheck", "-module-name", "ArgusTrain", "-package-name", package, "-swift-version", "6",
         "-enable-upcoming-feature", "ExistentialAny", "-enable-upcoming-feature", "InternalImportsByDefault",
         "-warnings-as-errors", "-I", BUILD / "Modules",
         *[part for path in maps for part in ("-I", path.parent)], *sources.values()],
        capture_output=True, text=True)  # fmt: skip
    assert result.returncode == 0, result.stderr


@pytest.mark.skipif(not os.environ.get("ARGUS_LONG"), reason="long")
@pytest.mark.parametrize("recurrent", ["false", "true"])
def test_the_algorithm_that_the_document_adds_learns(tmp_path, clone_with_the_documents_algorithm, recurrent):
    folder = tmp_path / "run"
    subprocess.run(
        [clone_with_the_documents_algorithm / "argus", "train", "foraging/5x5-2p-1f", "--algorithm", "ia2c",
         "--steps", "300000", "--seed", "1", "--evaluations", "5", "--set", f"recurrent={recurrent}", "--out", folder],
        check=True, timeout=3600)  # fmt: skip
    lines = [json.loads(line) for line in (folder / "evaluations.jsonl").read_text().splitlines()]
    sampled = [statistics.fmean(x["returns"]) for x in lines if (x["mode"], x["purpose"]) == ("sampled", "curve")]
    assert sampled[0] < 0.5 and sampled[-1] > 0.9


@pytest.fixture(scope="module")
def clone_with_the_documents_algorithm(tmp_path_factory):
    """The repository's own files, with the algorithm in its place; the first command builds."""
    clone = tmp_path_factory.mktemp("clone") / "argus-orch"
    files = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in filter(None, files.split("\0")):
        if (ROOT / name).exists():
            (clone / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, clone / name)
    algorithms = clone / "Sources" / "ArgusTrain" / "Algorithms"
    with_the_documents_algorithm(algorithms, algorithms)
    return clone
