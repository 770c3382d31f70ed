"""The templates keep the rules that a reader would otherwise have to remember."""

import re
from pathlib import Path

import pytest
from django.template.loader import get_template

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
WHOLE = [p for p in TEMPLATES if "emails" not in p.parts and "<html" in p.read_text()]
OURS = [path for path in TEMPLATES if not {"sandbox", "emails"} & set(path.parts)]


def name(path):
    return str(path.relative_to(ROOT / "templates"))


@pytest.mark.parametrize("path", OURS, ids=name)
def test_a_template_can_be_read(path):
    get_template(name(path))


@pytest.mark.parametrize("path", OURS, ids=name)
def test_markup_carries_no_style_and_no_script(path):
    text = path.read_text()
    assert not re.search(r"\sstyle=|\son[a-z]+=\"|javascript:", text)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text))


@pytest.mark.parametrize("path", [p for p in OURS if p.name.startswith("_")], ids=name)
def test_a_fragment_says_what_it_needs(path):
    assert path.read_text().startswith("{% comment %}Inputs: ")


@pytest.mark.parametrize("path", OURS, ids=name)
def test_money_and_times_go_through_their_tags(path):
    loose = re.findall(r"\{\{[^}|]*_(?:minor|at)\s*\}\}", path.read_text())
    assert loose == []


@pytest.mark.parametrize("path", OURS, ids=name)
def test_no_post_form_forgets_its_token(path):
    for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", path.read_text(), re.DOTALL):
        assert "{% csrf_token %}" in form


@pytest.mark.parametrize("path", WHOLE, ids=name)
def test_a_whole_page_links_the_icon(path):
    assert re.search(r'<link rel="icon" href="[^>]*icons/mark\.svg', path.read_text())


@pytest.mark.django_db
def test_the_icon_is_there_for_who_only_guesses_its_address(client):
    answer = client.get("/favicon.ico")
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/svg+xml")
    assert answer.content == (ROOT / "static/icons/mark.svg").read_bytes()
    assert "max-age" in answer["Cache-Control"]
    assert "icons/mark.svg" in client.get("/admin/login/").text
