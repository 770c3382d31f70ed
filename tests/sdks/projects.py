"""Throw-away projects that installed an SDK from the package that its users get."""

import json
import shutil
import subprocess
import sys
import venv
from pathlib import Path

from sautikit_site import toolchains
from sautikit_site.samples import artefacts
from sautikit_site.samples.artefacts import SDKS
from tests.sdks.suite import FOLDER

RUNNERS = FOLDER / "runners"


def node(folder):
    """Pack @sautikit/node and install the pack."""
    pack = artefacts.pack_npm("node", folder)
    (folder / "package.json").write_text('{"name": "throw-away", "private": true}')
    toolchains.npm().run("install", "--offline", pack, cwd=folder)
    shutil.copy(RUNNERS / "node.mjs", folder)
    return folder


def python(folder):
    """Build the wheel and install it into a fresh environment; gives its folder of programs."""
    wheel = artefacts.build_wheel(folder)
    venv.create(folder / "venv", with_pip=False)
    program = folder / "venv" / "bin" / "python"
    install = ["install", "--no-index", "--no-deps", "--quiet", str(wheel)]
    subprocess.run([sys.executable, "-m", "pip", "--python", str(program), *install], check=True)
    return program.parent


def php(folder):
    """Archive the Composer package, and require the archive in a project that reaches no network."""
    package = artefacts.archive_php(folder)
    required = {"sautikit/sautikit": "*", **{it["name"]: "*" for it in toolchains.PSR_PACKAGES}}
    project = folder / "project"
    project.mkdir()
    told = {
        "name": "throw-away/project",
        "repositories": artefacts.composer_repositories(package),
        "require": required,
        "minimum-stability": "dev",
    }  # fmt: skip
    (project / "composer.json").write_text(json.dumps(told))
    composer = toolchains.composer(folder / "home")
    composer.run("install", "--no-interaction", "--no-progress", cwd=project)
    for program in ("php.php", "psr18.php"):
        shutil.copy(RUNNERS / program, project)
    return project


def go(folder):
    """Copy the module as a user's module cache has it, and build the runner with it."""
    ignore = shutil.ignore_patterns("*_test.go")
    shutil.copytree(SDKS / "go", folder / "sautikit", ignore=ignore)
    project = folder / "project"
    shutil.copytree(RUNNERS / "go", project)
    (project / "go.mod").write_text(
        "module throw-away\n\ngo 1.24\n\nrequire github.com/sautikit/go v0.0.0\n\n"
        "replace github.com/sautikit/go => ../sautikit\n"
    )
    toolchains.go().run("build", "-o", "conformance", ".", cwd=project, seconds=300)
    return project


def commands(language, project):
    """Return how the runner of a language is started."""
    if language == "node":
        return [*toolchains.oldest_node().command, "node.mjs"], project
    if language.startswith("python"):
        more = ["--async"] if language == "python-async" else []
        return [project / "python", RUNNERS / "python.py", *more], Path(project)
    if language.startswith("php"):
        return [*toolchains.php().command, "php.php"], project
    return [project / "conformance"], project
