"""Records in the installed package which clone of ArgusOrch it came from, so that it finds the built library."""

from __future__ import annotations

import pathlib

from setuptools import setup
from setuptools.command.build_py import build_py

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent
IS_IN_REPOSITORY = (REPOSITORY / "Package.swift").exists() and (REPOSITORY / "Scenarios").is_dir()


class RecordInstallation(build_py):
    """Writes ``argus_env/_installation.py``; an editable installation finds its repository without it."""

    def run(self) -> None:
        super().run()
        if IS_IN_REPOSITORY and not self.editable_mode:
            target = pathlib.Path(self.build_lib) / "argus_env" / "_installation.py"
            target.write_text(
                f'"""Written when the package was installed."""\n\nHOME = {str(REPOSITORY)!r}\n', encoding="utf-8")


# What building leaves behind goes where the repository ignores it.
leftovers = REPOSITORY / ".build-python"
options: dict[str, dict[str, str]] = {}
if IS_IN_REPOSITORY:
    leftovers.mkdir(exist_ok=True)
    options = {"build": {"build_base": str(leftovers / "build")}, "egg_info": {"egg_base": str(leftovers)}}

setup(cmdclass={"build_py": RecordInstallation}, options=options)
