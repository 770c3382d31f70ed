"""Every SDK, installed from its package, keeps to the same scenarios against the running server."""

import pytest

from accounts.roles import role_scopes
from calls import queries
from kernel import relay
from sautikit_site import toolchains
from tests import world
from tests.calls import story
from tests.sdks import projects
from tests.sdks.front import Front
from tests.sdks.suite import SCENARIOS, Runner, Suite
from tests.webhooks.laptop import live_process

LANGUAGES = ("node", "python", "python-async", "php", "php-psr18", "go")
# Another way over the wire makes no difference to the rest.
ONLY = {"php-psr18": "wire: "}
# A PSR-18 client decides about its patience itself.
LEFT_OUT = {"php-psr18": {"wire: a time-out is not asked again"}}


@pytest.fixture(scope="module")
def live(django_db_setup):
    with live_process() as url:
        yield url


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """Give the project of a language, made once for all its forms."""
    made = {}

    def project_of(language):
        name = language.partition("-")[0]
        if name not in made:
            made[name] = getattr(projects, name)(tmp_path_factory.mktemp(name))
        return made[name]

    return project_of


def facts(language, live_url):
    """Make what the scenarios speak of: a workspace with money, a number and two calls that are over."""
    where = world.tenant(f"{language}@suite.example", "Suite", f"Suite {language}")
    poor = world.tenant(f"poor-{language}@suite.example", "Poor", f"Poor {language}")
    number, other = world.claim(where, "+254200000010"), world.claim(poor, "+254200000011")
    for last in (50, 51, 52, 60):
        world.offer(f"+2542000000{last}")
    calls = [
        story.end(story.answer(place(where, number)), connected_ms=46_200, cause="bye")
        for _ in range(2)
    ]
    world.fund(where, 500_000)
    story.drain(poor, 0)
    while relay.sequence_batch():
        pass
    stream = f"{live_url}/v1/calls/{calls[0].id}/stream?token={queries.stream_token(calls[0])}"
    return {
        "language": language,
        "key": world.api_key(where, scopes=sorted(role_scopes("owner"))),
        "test_key": world.api_key(where, mode="test"),
        "poor_key": world.api_key(poor),
        "number": number.e164,
        "held_id": str(number.id),
        "poor_number": other.e164,
        "free": "+254200000060",
        "completed": str(calls[0].id),
        "stream": stream,
    }


def place(where, number):
    from calls import services

    world.fund(where, 10_000)
    return services.place_call(
        workspace_id=where.workspace.id, mode="live", from_e164=number.e164, to=[story.FRIEND]
    )


@pytest.mark.timeout(600)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.django_db(transaction=True)
def test_an_sdk_keeps_to_every_scenario(language, project, live, live_server, settings):
    settings.LIVE_URL = live
    command, folder = projects.commands(language, project(language))
    env = toolchains.Tool(()).environment({"WITH_PSR18": "1"} if language == "php-psr18" else {})
    env = {name: value for name, value in env.items() if not name.startswith("SAUTIKIT_API")}
    front = Front(live_server.url)
    runner = Runner(command, cwd=folder, env=env)
    try:
        suite = Suite(runner, front, facts(language, live))
        only, left_out = ONLY.get(language, ""), LEFT_OUT.get(language, set())
        wanted = [it for it in SCENARIOS if it[0].startswith(only) and it[0] not in left_out]
        wrong = [f"{name}: {why}" for name, steps in wanted if (why := suite.run(steps))]
    finally:
        runner.close()
        front.close()
    print(f"{language}: {len(wanted) - len(wrong)} of {len(wanted)} scenarios")
    assert not wrong, "\n".join(wrong)


def test_the_suite_is_whole():
    names = [name for name, _ in SCENARIOS]
    assert len(set(names)) == len(names) >= 60
