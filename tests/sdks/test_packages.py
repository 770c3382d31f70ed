"""What makes an SDK a good package of its language: whole, typed, tidy, with one version."""

import json
import re
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from docs import document, samples
from docs.sdk import model
from sautikit_site import toolchains
from sautikit_site.bootstrap import ROOT

SDKS = ROOT / "sdks"
VERSIONS = {
    "node": ("package.json", r'"version": "([\d.]+)"'),
    "python": ("sautikit/__init__.py", r'__version__ = "([\d.]+)"'),
    "php": ("src/Client.php", r"VERSION = '([\d.]+)'"),
    "go": ("client.go", r'Version = "([\d.]+)"'),
}


@pytest.mark.parametrize("sdk", samples.ALL, ids=lambda it: it.folder)
def test_a_package_has_its_papers_and_one_version(sdk):
    folder = SDKS / sdk.folder
    file, pattern = VERSIONS[sdk.folder]
    version = re.search(pattern, (folder / file).read_text())[1]
    assert (
        re.search(r"^## (\S+)$", (folder / "CHANGELOG.md").read_text(), re.MULTILINE)[1] == version
    )
    assert "MIT License" in (folder / "LICENSE").read_text()
    assert sdk.install in (folder / "README.md").read_text()


@pytest.mark.parametrize("sdk", samples.ALL, ids=lambda it: it.folder)
def test_a_readme_shows_every_topic(sdk):
    assert {it.topic for it in samples.samples(sdk.folder)} >= set(samples.TOPICS)


def test_the_php_package_is_valid_and_holds_what_it_needs(tmp_path):
    composer = toolchains.composer(tmp_path / "home")
    composer.run("validate", "--strict", "--no-check-lock", cwd=SDKS / "php")
    composer.run("archive", "--format=tar", f"--dir={tmp_path}", "--file=p", cwd=SDKS / "php")
    with tarfile.open(tmp_path / "p.tar") as archive:
        found = {it.name.removeprefix("./") for it in archive if it.isfile()}
    source = SDKS / "php" / "src"
    written = {f"src/{path.relative_to(source)}" for path in source.rglob("*.php")}
    assert found == {"composer.json", "README.md", "CHANGELOG.md", "LICENSE"} | written


def test_every_class_of_the_php_package_can_be_loaded():
    program = """
    spl_autoload_register(static function (string $name): void {
        foreach (['Sautikit\\\\' => 'src/', 'Psr\\\\' => '/usr/share/php/Psr/'] as $space => $folder) {
            if (str_starts_with($name, $space)) {
                require $folder . strtr(substr($name, strlen($space)), '\\\\', '/') . '.php';
            }
        }
    });
    foreach (new RecursiveIteratorIterator(new RecursiveDirectoryIterator('src')) as $file) {
        if ($file->getExtension() === 'php') {
            $name = 'Sautikit\\\\' . strtr(substr($file->getPathname(), 4, -4), '/', '\\\\');
            $kinds = [class_exists(...), interface_exists(...), trait_exists(...)];
            $isThere = array_filter($kinds, static fn (Closure $it): bool => $it($name));
            echo $isThere === [] ? "missing {$name}\\n" : '';
        }
    }
    """
    assert toolchains.php().run("-r", program, cwd=SDKS / "php") == ""


def test_the_go_module_is_tidy_and_stands_alone():
    go = toolchains.go()
    go.run("vet", "./...", cwd=SDKS / "go", seconds=300)
    assert "require" not in (SDKS / "go" / "go.mod").read_text()
    gofmt = go.command[0].removesuffix("go") + "gofmt"
    done = subprocess.run([gofmt, "-l", str(SDKS)], capture_output=True, text=True, check=True)
    assert done.stdout == ""
    told = json.loads(go.run("list", "-deps", "-json=Standard,ImportPath", ".", cwd=SDKS / "go")
                      .replace("}\n{", "},{").join("[]"))  # fmt: skip
    assert {it["ImportPath"] for it in told if not it.get("Standard")} == {
        "github.com/sautikit/go", "github.com/sautikit/go/voice",
    }  # fmt: skip


def test_the_python_package_keeps_its_types():
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--python-version", "3.11", "--config-file", "",
         "--cache-dir", str(ROOT / "var" / "cache" / "mypy-sdk"),
         "sautikit", str(ROOT / "tests" / "sdks" / "python" / "typed.py")],
        cwd=SDKS / "python", capture_output=True, text=True,
    )  # fmt: skip
    assert checked.returncode == 0, checked.stdout


def test_the_python_package_needs_nothing_and_runs_on_the_oldest_we_promise():
    text = (SDKS / "python" / "pyproject.toml").read_text()
    assert "dependencies = []" in text
    assert 'requires-python = ">=3.9"' in text
    for path in (SDKS / "python").rglob("*.py"):
        compiled = __import__("ast").parse(path.read_text(), feature_version=(3, 9))
        assert (
            any(getattr(it, "module", "") == "__future__" for it in compiled.body)
            or "|" not in path.read_text()
        ), path


@pytest.mark.parametrize(("folder", "oldest"), [("sautikit", "3.9"), ("sautikit/mcp", "3.10")])
def test_the_python_package_uses_nothing_newer_than_it_promises(folder, oldest):
    # Only the server of the extra needs more; everything else is judged without it.
    left_out = ["--exclude-regex", "/mcp/"] if folder == "sautikit" else []
    checked = subprocess.run(
        [Path(sys.executable).with_name("vermin"), f"-t={oldest}-", "--no-tips", "--violations",
         *left_out, str(SDKS / "python" / folder)],
        capture_output=True, text=True,
    )  # fmt: skip
    assert checked.returncode == 0, checked.stdout


def test_every_language_has_every_operation():
    surface = model.surface(document.read())
    whole = {sdk: everything(sdk) for sdk in ("python", "php", "go")}
    for it in surface.operations:
        assert f"def {it.verb}(" in whole["python"], it.id
        assert f"function {model.camel(it.verb)}(" in whole["php"], it.id
        assert it.path.partition("{")[0] in whole["go"], it.id


def everything(sdk):
    files = {"python": ("resources.py",), "php": ("*.php",), "go": ("resources.go",)}[sdk]
    return "".join(path.read_text() for name in files for path in (SDKS / sdk).rglob(name))
