"""Recordings in an S3 store that others wrote: stored, played in ranges, deleted, and its outages."""

import json
import subprocess
import sys
import time
from urllib.request import Request, urlopen

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from django.test import Client

from calls import queries, ranged, services, vault
from calls.models import Recording, Upload
from calls.services import renditions, uploads
from kernel import clock
from tests import world
from tests.calls import sounds, story
from tests.calls.test_recordings import (
    SAMPLES,
    begin,
    body,
    capture,
    fresh,
    link_path,
    path_of,
    ready,
    write,
)
from tests.calls.test_uploads import play, send

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("s3")]
BUCKET = "recordings"
POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}],
}


class Store:
    """One server; who signs with another key is refused, as by the real one."""

    def __init__(self, folder):
        self.log = folder / "moto.log"
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"],
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self.url = self._address()
        free = {"aws_access_key_id": "x", "aws_secret_access_key": "x"}
        iam = self._client("iam", **free)
        iam.create_user(UserName="sautikit")
        iam.put_user_policy(
            UserName="sautikit", PolicyName="all", PolicyDocument=json.dumps(POLICY)
        )
        made = iam.create_access_key(UserName="sautikit")["AccessKey"]
        self.key, self.secret = made["AccessKeyId"], made["SecretAccessKey"]
        mine = {"aws_access_key_id": self.key, "aws_secret_access_key": self.secret}
        self.s3 = self._client("s3", **mine)
        self.s3.create_bucket(Bucket=BUCKET)
        # From now on every request must be signed with a key that exists.
        plain = {"Content-Type": "text/plain"}
        ask = Request(f"{self.url}/moto-api/reset-auth", b"0", plain)
        urlopen(ask).read()

    def _client(self, name, **keys):
        config = Config(retries={"max_attempts": 1}, s3={"addressing_style": "path"})
        return boto3.client(
            name, endpoint_url=self.url, region_name="us-east-1", config=config, **keys
        )

    def _address(self):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            for line in self.log.read_text().splitlines():
                if "Running on http" in line:
                    return line.split()[-1]
            time.sleep(0.05)
        raise AssertionError(self.log.read_text())

    def names(self):
        found = self.s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])
        return [each["Key"] for each in found]

    def raw(self, name):
        return self.s3.get_object(Bucket=BUCKET, Key=name)["Body"].read()

    def options(self, **changes):
        return {
            "bucket_name": BUCKET,
            "endpoint_url": self.url,
            "region_name": "us-east-1",
            "access_key": self.key,
            "secret_key": self.secret,
            "addressing_style": "path",
            "client_config": Config(
                retries={"max_attempts": 1},
                connect_timeout=2,
                s3={"addressing_style": "path"},
            ),
            **changes,
        }

    def close(self):
        self.process.terminate()
        self.process.wait(10)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    made = Store(tmp_path_factory.mktemp("s3"))
    yield made
    made.close()


@pytest.fixture
def use(settings, tmp_path):
    """Keep recordings in the store, with these options."""
    settings.VAR_DIR = tmp_path

    def keep(options):
        kept = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
        settings.STORAGES = {**settings.STORAGES, "recordings": kept}

    return keep


@pytest.fixture
def store(server, use):
    use(server.options())
    for name in server.names():
        server.s3.delete_object(Bucket=BUCKET, Key=name)
    return server


def test_a_recording_is_sealed_in_the_store_and_a_link_plays_it(store):
    recording = ready()
    (name,) = store.names()
    assert name == recording.file
    assert store.raw(name).startswith(b"SKR1")
    assert SAMPLES.tobytes()[:64] not in store.raw(name)
    answer = world.api(world.acme()).get(path_of(recording))
    assert answer.status_code == 302
    heard = body(Client().get(link_path(answer.headers["Location"])))
    assert heard.endswith(SAMPLES.tobytes())
    assert len(heard) == recording.size_bytes
    assert not recording.spool.exists()


def test_a_range_is_asked_of_the_store_and_not_the_whole(store, monkeypatch):
    monkeypatch.setattr(ranged, "AHEAD_BYTES", 1)
    recording = begin()
    write(recording.spool, SAMPLES.repeat(20))
    services.record_captured(
        leg_id=recording.leg_id, ticket=recording.ticket, ms=30_000, reason="max"
    )
    services.store_recording(recording.id)
    recording = fresh(recording)
    whole = b"".join(vault.read(recording, start=0, stop=recording.size_bytes))
    assert len(whole) == recording.size_bytes == 44 + 2 * 20 * len(SAMPLES)
    link = link_path(queries.recording_url(recording))
    for start, last in ((0, 9), (65_530, 65_550), (200_000, 470_000)):
        part = Client().get(link, headers={"Range": f"bytes={start}-{last}"})
        assert part.status_code == 206
        assert body(part) == whole[start : last + 1]


def test_deleting_and_expiring_empty_the_store_with_every_format(store):
    recording = ready()
    services.has_form(recording, "mp3")
    for row in recording.renditions.all():
        renditions.render_recording(row.id)
    assert len(store.names()) == 2
    services.delete_recording(recording, actor="user:ann")
    services.erase_recording(recording.id)
    assert store.names() == []
    answer = world.api(world.acme()).get(path_of(recording))
    assert (answer.status_code, answer.json()["error"]["code"]) == (
        410,
        "calls.recording_expired",
    )


def test_an_upload_is_sealed_in_the_store_played_and_swept(store):
    secret = world.api_key(world.acme(), scopes=["numbers.claim"])
    told = send(secret, sounds.wav()).json()
    (name,) = store.names()
    assert store.raw(name).startswith(b"SKR1")
    assert sounds.tone().tobytes()[:64] not in store.raw(name)
    assert body(play(told["url"])) == sounds.wav() == uploads.sound_at(told["url"])
    Upload.objects.update(expires_at=clock.now())
    assert uploads.sweep_uploads() == 1
    assert store.names() == []


def test_an_upload_is_refused_for_now_while_the_store_is_away(server, use):
    use(server.options(endpoint_url="http://127.0.0.1:9"))
    answer = send(world.api_key(world.acme()), sounds.wav())
    assert (answer.status_code, world.code_of(answer)) == (503, "unavailable")
    assert answer.headers["Retry-After"]
    assert not Upload.objects.exists()


def test_a_worker_that_stores_twice_takes_back_only_its_own_file(store):
    recording = begin()
    capture(recording)
    kept = recording.spool.read_bytes()
    assert services.store_recording(recording.id) is None
    first = fresh(recording)
    # The second worker had read the row before the first one was done.
    recording.spool.write_bytes(kept)
    late = Recording.objects.get(pk=recording.pk)
    late.file = vault.put(late, late.spool)
    assert late.file != first.file
    vault.erase(late)
    assert store.names() == [first.file]
    assert b"".join(vault.read(first, start=0, stop=first.size_bytes)) == kept


def test_while_the_store_is_away_nothing_is_lost_and_links_say_when_to_come_back(store, use):
    recording = ready()
    use(store.options(endpoint_url="http://127.0.0.1:9"))
    answer = Client().get(link_path(queries.recording_url(recording)))
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    other = story.answer(story.place(world.acme()))
    waiting = services.start_recording(
        call=other, leg_id=other.winner_id, ticket="record-2", source="record"
    )
    capture(waiting)
    with pytest.raises(Exception, match="connect"):
        services.store_recording(waiting.id)
    assert fresh(waiting).state == "captured"
    assert waiting.spool.exists()
    use(store.options())
    services.store_recording(waiting.id)
    assert fresh(waiting).state == "ready"


def test_a_wrong_key_is_refused_by_the_store(store, use):
    recording = ready()
    use(store.options(secret_key="wrong"))
    with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
        list(vault.read(recording, start=0, stop=10))
