"""What a document shows to be written compiles against what there is."""

import re
import subprocess

from command import BUILD, ROOT


def test_the_algorithm_that_the_document_adds_compiles(tmp_path):
    text = (ROOT / "Documentation" / "writing-an-algorithm.md").read_text()
    (code,) = re.findall(r"```swift\n(import.*?)```", text, re.S)
    (tmp_path / "IA2C.swift").write_text(code)
    sources = {path.name: path for path in (ROOT / "Sources" / "ArgusTrain").rglob("*.swift")}
    registry = sources["Algorithm.swift"].read_text()
    assert registry.count(".mappo,") == 1
    (tmp_path / "Algorithm.swift").write_text(registry.replace(".mappo,", ".mappo, .ia2c,"))
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
