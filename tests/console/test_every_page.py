"""Every page in a browser: no fault of WCAG 2.2 AA, no error, no report, nothing too wide."""

import pytest

from sautikit_site.bootstrap import environ
from sautikit_site.screens import doors, seed, visits, walk

DARAJA = [
    f"DARAJA_{name}"
    for name in ("BASE_URL", "CONSUMER_KEY", "CONSUMER_SECRET", "SHORTCODE", "PASSKEY")
]


def test_every_page_of_the_url_table_is_visited():
    assert visits.unvisited() == set(), "give it a Visit in sautikit_site/screens/visits.py"


def test_nobody_visits_a_page_that_is_not_there():
    known = set(visits._names()) | {f"admin:{name}" for name in ("login", "index")}
    gone = {visit.page for visit in visits.VISITS} - known - {"site:not_found"}
    assert gone == set()
    assert visits.NOT_PAGES.keys() <= known


@pytest.mark.timeout(900)
@pytest.mark.django_db(transaction=True)
def test_every_page_passes_wide_and_narrow_light_and_dark(browser, settings):
    wrong = []
    with doors.opened(environ) as opened:
        # The seed runs in this process, so it needs what the others were told.
        for name in ("PUBLIC_URL", "CALLBACK_URL", "LIVE_URL", *DARAJA):
            setattr(settings, name, opened.environment[name])
        superuser = environ["MIGRATION_DATABASE_URL"].replace("//owner@", "//postgres@")
        scene = seed.make(opened.smtp_port, superuser)
        for seen in walk.Walk(browser, opened.url, scene, None).look(visits.all_visits(scene)):
            wrong += [f"{seen.visit.name}: {problem}" for problem in seen.problems]
    assert wrong == []
