"""Schemathesis' stateful phase: what one operation answers, the next is asked with."""

import re
import subprocess
import sys

import pytest

from tests import world
from tests.contract.test_schema import acme, known

__all__ = ["acme", "known"]
CHECKS = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance",
    "response_headers_conformance", "response_schema_conformance",
)  # fmt: skip
# They end the very credential, seat or workspace that the story needs.
LEFT_OUT = r"^(auth\.|members\.|api_keys\.|cli\.|workspace\.)"


@pytest.mark.timeout(600)
@pytest.mark.django_db(transaction=True)
def test_no_story_of_requests_meets_a_server_error_or_an_undocumented_answer(
    acme, known, live_server, tmp_path
):
    done = subprocess.run(
        [sys.executable, "-m", "schemathesis.cli", "run",
         f"{live_server.url}/openapi.public.yaml", "--url", live_server.url,
         "--phases", "stateful", "--max-examples", "60", "--seed", "7", "--no-color",
         "--checks", ",".join(CHECKS), "--exclude-operation-id-regex", LEFT_OUT,
         "--header", f"Authorization: Bearer {world.api_key(acme)}", "--suppress-health-check", "all",
         "--generation-database", "none"],
        cwd=tmp_path, capture_output=True, text=True, timeout=500,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    print(done.stdout[-1500:])
    asked = re.search(r"(\d+) generated", done.stdout)
    assert asked, done.stdout[-2000:]
    assert int(asked[1]) > 100
