"""The Node SDK as it is packed: installed into a project of its own and driven by both Node.js."""

import json
import shutil

import pytest

from docs import document
from docs.sdk.operations import LEFT_OUT, operations
from sautikit_site import toolchains
from sautikit_site.bootstrap import ROOT
from tests import world
from tests.foreign import NODE_LOCK
from tests.sdks import projects
from tests.webhooks.vectors import vectors

# Packing and installing take their time on a busy machine.
pytestmark = pytest.mark.timeout(600)
SDK = ROOT / "sdks" / "node"
PROGRAMS = ROOT / "tests" / "sdks" / "node"
VERSIONS = {"newest": toolchains.node, "oldest": toolchains.oldest_node}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A throw-away project that installed the packed SDK, and nothing from anywhere else."""
    folder = projects.node(tmp_path_factory.mktemp("node"))
    for program in PROGRAMS.iterdir():
        shutil.copy(program, folder)
    return folder


def test_the_package_holds_what_it_needs_and_nothing_else(project):
    inside = project / "node_modules" / "@sautikit" / "node"
    found = {str(path.relative_to(inside)) for path in inside.rglob("*") if path.is_file()}
    written = {f"lib/{path.name}" for path in (SDK / "lib").iterdir()}
    assert found == {"package.json", "README.md", "CHANGELOG.md", "LICENSE"} | written
    assert "dependencies" not in json.loads((inside / "package.json").read_text())


@pytest.mark.parametrize("node", VERSIONS.values(), ids=VERSIONS)
@pytest.mark.django_db(transaction=True)
def test_it_drives_the_running_server(project, live_server, node):
    where = world.acme()
    world.fund(where, 100_000)
    world.offer()
    variables = {"SAUTIKIT_API_KEY": world.api_key(where), "SAUTIKIT_API_BASE": live_server.url}
    said = node().run("scenario.mjs", cwd=project, variables=variables)
    assert json.loads(said)["calls"] == 2


@pytest.mark.parametrize("node", VERSIONS.values(), ids=VERSIONS)
def test_it_retries_only_what_is_safe_and_verifies_what_is_ours(project, node):
    rows = vectors()
    assert json.loads(node().run("edges.cjs", cwd=project, stdin=json.dumps(rows))) == len(rows)


def test_its_types_hold_for_both_kinds_of_import(project):
    compiler = toolchains.npm_packages(NODE_LOCK) / "node_modules" / "typescript" / "bin" / "tsc"
    options = ("--noEmit", "--strict", "--target", "es2022", "--lib", "es2022,dom,dom.asynciterable",
               "--module", "node16", "--moduleResolution", "node16")  # fmt: skip
    shutil.copy(project / "types.ts", project / "types.mts")
    toolchains.node().run(compiler, *options, "types.ts", "types.mts", cwd=project)


def test_the_names_that_programs_already_call_are_there():
    found = {(it.resource, it.verb) for it in operations(document.read())}
    verbs = ("create", "get", "list", "stats", "hangup", "recording")
    assert {("calls", verb) for verb in verbs} <= found


def test_every_route_has_a_name_or_is_left_out_on_purpose():
    paths = document.read()["paths"]
    routes = [it for methods in paths.values() for it in methods.values()]
    named = {it.id for it in operations(document.read())}
    others = {it["operationId"] for it in routes if not it.get("deprecated")} - named
    assert {name for name in others if not LEFT_OUT.match(name)} <= {
        f"{name}.replace" for name in ("numbers.routing", "wallet.threshold")
    }
