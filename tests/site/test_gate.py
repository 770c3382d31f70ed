"""What the gate does with tests that failed."""

import json

import pytest

from sautikit_site import gate


@pytest.fixture
def memory(monkeypatch, tmp_path):
    monkeypatch.setattr(gate, "ROOT", tmp_path)
    path = tmp_path / "var" / "cache" / "pytest" / "v" / "cache" / "lastfailed"
    path.parent.mkdir(parents=True)
    return path


@pytest.mark.parametrize(
    ("remembered", "name"),
    [
        ("tests/a.py::test_a", "tests/a.py::test_a"),
        ("tests/a.py::test_a@stack", "tests/a.py::test_a"),
        ("tests/a.py::test_a[x@y]", "tests/a.py::test_a[x@y]"),
        ("tests/a.py::test_a[x@y]@group-1", "tests/a.py::test_a[x@y]"),
    ],
)
def test_a_failed_test_is_named_without_its_group(memory, remembered, name):
    memory.write_text(json.dumps({remembered: True}))
    assert gate._failed_tests() == [name]


def test_many_failures_are_not_tried_again(memory):
    memory.write_text(json.dumps({f"tests/a.py::test_{n}": True for n in range(13)}))
    assert gate._once_more() == gate.TESTS_FAILED


def test_nothing_remembered_is_a_failure_too(memory):
    assert gate._once_more() == gate.TESTS_FAILED
