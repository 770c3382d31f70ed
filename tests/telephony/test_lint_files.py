from io import StringIO

import pytest
from django.core.management import CommandError, call_command


def run(*names):
    output = StringIO()
    call_command("voice", "lint", *map(str, names), stdout=output)
    return output.getvalue()


def test_a_file_that_runs_is_valid(tmp_path):
    (tmp_path / "a.xml").write_text("<Response><Say>Hi</Say><Sing/></Response>")
    text = run(tmp_path / "a.xml")
    assert "a.xml: warning: line 1, column 24 <Sing>" in text
    assert text.endswith("a.xml: valid, 1 actions\n")


def test_a_file_that_cannot_run_fails_the_command(tmp_path):
    (tmp_path / "good.json").write_text('{"actions": []}')
    (tmp_path / "bad.json").write_text('{"actions": [{"sya": {}}]}')
    with pytest.raises(CommandError, match="1 of 2 documents cannot run"):
        run(tmp_path / "good.json", tmp_path / "bad.json")


def test_a_mistake_is_shown_mended(tmp_path):
    (tmp_path / "a.xml").write_text("<Response><Dial>0712345678</Dial></Response>")
    output = StringIO()
    with pytest.raises(CommandError):
        call_command("voice", "lint", str(tmp_path / "a.xml"), stdout=output)
    meant = "<Response><Dial>+254712345678</Dial></Response>"
    assert output.getvalue().splitlines()[1].endswith(f"a.xml: mended: {meant}")


def test_a_missing_file_is_said():
    with pytest.raises(CommandError, match="No such file"):
        run("/nowhere/a.json")
