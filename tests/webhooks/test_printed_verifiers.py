"""The verifiers that our page prints, each run as printed by its own language, over every vector."""

import re

import pytest

from sautikit_site import toolchains
from sautikit_site.samples import verifiers
from tests.webhooks.vectors import printed, vectors


def in_python(folder, rows):
    return verifiers.in_python(printed("Python"), folder, rows)


def in_newest_node(folder, rows):
    return verifiers.in_node(printed("Node.js"), folder, rows, toolchains.node())


def in_oldest_node(folder, rows):
    return verifiers.in_node(printed("Node.js"), folder, rows)


def in_php(folder, rows):
    return verifiers.in_php(printed("PHP"), folder, rows)


def in_go(folder, rows):
    return verifiers.in_go(printed("Go"), folder, rows)


@pytest.mark.timeout(330)
@pytest.mark.parametrize("language", [in_python, in_newest_node, in_oldest_node, in_php, in_go])
def test_the_verifier_of_our_page_agrees_on_every_vector(language, tmp_path):
    rows = vectors()
    assert len(rows) > 300
    assert language(tmp_path, rows) == []


@pytest.mark.parametrize("tab", ["Python", "Node.js", "PHP", "Go"])
def test_a_verifier_is_fifteen_lines(tab):
    function = re.search(r"^(?:export )?(?:def|function|func) .*", printed(tab), re.M | re.S)
    assert len(function[0].strip().splitlines()) <= 15
