"""Every sample of every page and README does what it says, by the very functions of `manage.py samples`."""

import re

import pytest

from docs import library, samples
from docs.markdown import Code
from sautikit_site.samples import documents, found, run
from sautikit_site.samples.found import Page, Sample
from sautikit_site.samples.place import Place

PAGES = found.pages()
WITH_PROGRAMS = [page for page in PAGES if not all(map(run.is_document, page.samples))]
DOCUMENTS = [it for page in PAGES for it in page.samples if run.is_document(it)]


@pytest.fixture(scope="module")
def place(stack, tmp_path_factory):
    """The place of all samples; the text that stands on two pages is run once here."""
    made = Place(stack, tmp_path_factory.mktemp("samples"), repeats=False)
    yield made
    made.give_everything_back()
    made.close()


@pytest.mark.timeout(900)
@pytest.mark.parametrize("shown", WITH_PROGRAMS, ids=lambda it: it.name)
def test_the_samples_of_a_page_do_what_it_says(shown, place):
    outcomes = list(run.run_page(shown, place))
    assert len(outcomes) == len(shown.samples)
    wrong = [f"{it.sample.name}: {it.problem}" for it in outcomes if it.problem]
    assert not wrong, "\n\n".join(wrong)


@pytest.mark.parametrize("sample", DOCUMENTS, ids=lambda it: it.name)
def test_a_document_is_what_it_looks_like(sample):
    documents.check_of(sample)(sample.code.content)


def test_every_page_and_every_readme_is_looked_at():
    names = {page.name for page in PAGES}
    assert {f"verbs/{name}" for name in library.verb_names()} <= names
    assert {f"events/{name}" for name in library.event_names()} <= names
    assert {f"errors/{code}" for code in library.error_codes()} <= names
    assert set(found.READMES) <= names
    with_code = {it.slug or "home" for it in library.GUIDES if "```" in it.lasting_text()}
    assert with_code <= names


def sample(language, content, name=""):
    return Sample("nowhere", 1, Code(language, name, "", content, 1))


@pytest.mark.parametrize(
    ("language", "content", "name"),
    [
        ("json", '{"actions": [{"say": {"txt": "x"}}]}', ""),
        ("json", '{"error": {"code": "no.such"}}', ""),
        ("json", '{"call_id": 7, "nonsense": 1}', ""),
        ("json", '{"event_id": "x", "event": "call.completed"}', ""),
        ("json", "{", ""),
        ("xml", "<Response><Say/></Response>", ""),
        ("http", "POST /x HTTP/1.1\nX-Sautikit-Nonsense: 1", ""),
        ("sh", "NO_SUCH_SETTING=1", "env"),
        ("md", "You are helping nobody.", "ai-prompt.md"),
        ("txt", "X-Sautikit-Signature: v1=<hex>", "signature-header.txt"),
    ],
)
def test_a_document_that_is_wrong_is_found(language, content, name):
    it = sample(language, content, name)
    with pytest.raises(Exception, match=r"."):
        documents.check_of(it)(content)


@pytest.mark.parametrize("language", ["ruby", "", "text", "yaml"])
def test_a_kind_that_nobody_runs_is_wrong_and_not_skipped(language, tmp_path):
    it = sample(language, "puts 1")
    outcome = run.run_sample(it, Page("nowhere", (it,)), None, tmp_path)
    assert re.match("nobody knows how to run", outcome.problem)


def test_every_language_has_a_tab_on_the_front_page_and_in_the_first_call():
    for name in ("home", "first-call"):
        page = next(it for it in PAGES if it.name == name)
        tabs = {it.code.tab for it in page.samples}
        assert {sdk.title for sdk in samples.ALL} <= tabs
    assert "curl" in tabs
