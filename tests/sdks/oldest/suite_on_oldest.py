"""The same scenarios on the oldest languages that the SDKs promise: `manage.py sdks --oldest`.

Not part of the gate: it downloads 35 MB and PyPy is slow to start. pytest is given this file by name.
"""

import shutil
from pathlib import Path

import pytest

from sautikit_site import oldest, toolchains
from tests.sdks import projects
from tests.sdks.front import Front
from tests.sdks.suite import SCENARIOS, Runner, Suite
from tests.sdks.test_conformance import facts, live

__all__ = ["live"]

HERE = Path(__file__).parent
LANGUAGES = ("python", "python-async", "node", "php")
# This PHP has no sockets of its own, and a PSR-18 client decides about its patience itself.
NEEDS_SOCKETS = (
    "calls: a call is followed as it happens",
    "wire: a stream that breaks",
    "wire: a time-out is not asked again",
)


def python(folder):
    """Unpack the wheel where the oldest Python finds it."""
    from sautikit_site.samples import artefacts

    wheel = artefacts.build_wheel(folder)
    shutil.unpack_archive(wheel, folder / "packages", "zip")
    tool = oldest.python()
    variables = {**tool.variables, "PYTHONPATH": str(folder / "packages")}
    said = tool.run("-c", "import sys; print('Python %d.%d.%d' % sys.version_info[:3])")
    return [*tool.command, projects.RUNNERS / "python.py"], folder, variables, said


def node(folder):
    command, project = projects.commands("node", projects.node(folder))
    return command, project, {}, f"Node.js {toolchains.oldest_node().run('--version')[1:]}"


def php(folder):
    """Install our package with Composer and copy it into a PHP of WebAssembly."""
    project = projects.php(folder)
    shutil.copy(HERE / "psr18.php", project)
    packages = toolchains.npm_packages(HERE / "package-lock.json")
    shutil.copy(HERE / "php81.mjs", packages)
    (project / "version.php").write_text("<?php echo PHP_VERSION, PHP_EOL;")
    command = [*toolchains.node().command, packages / "php81.mjs", project]
    said = toolchains.Tool(tuple(map(str, command))).run("version.php", stdin="\n")
    return [*command, "php.php"], project, {}, f"PHP {said}"


@pytest.mark.timeout(900)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.django_db(transaction=True)
def test_an_sdk_keeps_to_every_scenario_on_its_oldest_language(
    language, tmp_path, live, live_server, settings
):
    settings.LIVE_URL = live
    command, folder, variables, version = globals()[language.partition("-")[0]](tmp_path)
    env = toolchains.Tool(()).environment(variables)
    env = {name: value for name, value in env.items() if not name.startswith("SAUTIKIT_API")}
    front = Front(live_server.url)
    more = ["--async"] if language == "python-async" else []
    runner = Runner([*command, *more], cwd=folder, env=env)
    left_out = NEEDS_SOCKETS if language == "php" else ()
    wanted = [it for it in SCENARIOS if not it[0].startswith(left_out)]
    try:
        suite = Suite(runner, front, facts(f"oldest-{language}", live))
        wrong = [f"{name}: {why}" for name, steps in wanted if (why := suite.run(steps))]
    finally:
        runner.close()
        front.close()
    kind = " asyncio" if more else ""
    print(f"oldest: {version.strip()}{kind} {len(wanted) - len(wrong)} of {len(SCENARIOS)}")
    assert not wrong, "\n".join(wrong)
