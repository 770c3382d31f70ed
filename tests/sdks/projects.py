"""Throw-away projects that installed an SDK from the package that its users get."""

import json
import shutil
import subprocess
import sys
import venv
from pathlib import Path

from sautikit_site import toolchains
from sautikit_site.bootstrap import ROOT
from tests.sdks.suite import FOLDER

SDKS = ROOT / "sdks"
RUNNERS = FOLDER / "runners"


def node(folder):
    """Pack @sautikit/node and install the pack."""
    npm = toolchains.npm()
    told = npm.run("pack", SDKS / "node", "--json", "--pack-destination", folder, cwd=folder)
    (folder / "package.json").write_text('{"name": "throw-away", "private": true}')
    npm.run("install", "--offline", folder / json.loads(told)[0]["filename"], cwd=folder)
    shutil.copy(RUNNERS / "node.mjs", folder)
    return folder


def python(folder):
    """Build the wheel and install it into a fresh environment; gives its folder of programs."""
    build = [sys.executable, "-m", "pip", "wheel", "--no-index", "--no-deps", "--quiet"]
    source = folder / "source"
    # The build must leave nothing in our own folder.
    shutil.copytree(SDKS / "python", source, ignore=shutil.ignore_patterns("__pycache__"))
    subprocess.run([*build, "--no-build-isolation", "-w", str(folder), str(source)], check=True)
    (wheel,) = folder.glob("sautikit-*.whl")
    venv.create(folder / "venv", with_pip=False)
    program = folder / "venv" / "bin" / "python"
    install = ["install", "--no-index", "--no-deps", "--quiet", str(wheel)]
    subprocess.run([sys.executable, "-m", "pip", "--python", str(program), *install], check=True)
    return program.parent


def php(folder):
    """Archive the Composer package, and require the archive in a project that reaches no network."""
    composer = toolchains.composer(folder / "home")
    composer.run("archive", "--format=tar", f"--dir={folder}", "--file=sautikit", cwd=SDKS / "php")
    package = folder / "package"
    package.mkdir()
    shutil.unpack_archive(folder / "sautikit.tar", package, filter="data")
    here = {"type": "path", "url": str(package), "options": {"symlink": False}}
    required = {"sautikit/sautikit": "*", **{it["name"]: "*" for it in toolchains.PSR_PACKAGES}}
    project = folder / "project"
    project.mkdir()
    told = {
        "name": "throw-away/project",
        "repositories": [here, *map(system_package, toolchains.PSR_PACKAGES), {"packagist.org": False}],
        "require": required,
        "minimum-stability": "dev",
    }  # fmt: skip
    (project / "composer.json").write_text(json.dumps(told))
    composer.run("install", "--no-interaction", "--no-progress", cwd=project)
    for program in ("php.php", "psr18.php"):
        shutil.copy(RUNNERS / program, project)
    return project


def system_package(told):
    """Let Composer take a library from where Debian put it."""
    dist = {"type": "path", "url": told["folder"], "options": {"symlink": False}}
    return {"type": "package", "package": {
        "name": told["name"], "version": told["version"], "dist": dist,
        "autoload": {"psr-4": {told["namespace"]: ""}},
    }}  # fmt: skip


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
