"""The commands that fill the pool."""

import pytest
from django.core.management import CommandError, call_command

from numbers.models import Inventory

pytestmark = pytest.mark.django_db


def test_a_range_is_loaded_once(capsys):
    for _ in range(2):
        call_command("load_inventory", "--range", "+254209990000", "3")
    assert "0 numbers loaded, 3 were there already." in capsys.readouterr().out
    rows = Inventory.objects.order_by("e164")
    assert [row.e164 for row in rows] == ["+254209990000", "+254209990001", "+254209990002"]
    assert {(row.mode, row.monthly_price_minor, row.outbound_per_min_minor) for row in rows} == {
        ("live", 10_000, 300)
    }


def test_a_file_is_loaded_with_its_own_prices(tmp_path):
    file = tmp_path / "pool.csv"
    file.write_text("e164,monthly_price_minor,mode\n+254709000001,25000,\n+254709000002,,test\n")
    call_command("load_inventory", str(file))
    found = Inventory.objects.order_by("e164").values_list("monthly_price_minor", "mode")
    assert list(found) == [(25_000, "live"), (10_000, "test")]


@pytest.mark.parametrize(
    "text", ["number\n+254709000001\n", "e164\n0709000001\n", "e164,mode\n+254709000001,prod\n",
             "e164,monthly_price_minor\n+254709000001,1.5\n"],
)  # fmt: skip
def test_a_bad_file_loads_nothing(tmp_path, text):
    file = tmp_path / "pool.csv"
    file.write_text(text)
    with pytest.raises(CommandError):
        call_command("load_inventory", str(file))
    assert not Inventory.objects.exists()


@pytest.mark.parametrize("arguments", [(), ("--range", "254", "x"), ("missing.csv",)])
def test_bad_arguments_are_explained(arguments):
    with pytest.raises(CommandError):
        call_command("load_inventory", *arguments)


def test_the_sandbox_is_seeded_with_its_hundred_numbers_however_often():
    for _ in range(2):
        call_command("seed_sandbox")
    rows = Inventory.objects.order_by("e164")
    assert (rows.count(), rows[0].e164, rows[99].e164) == (100, "+254200000000", "+254200000099")
    assert {row.mode for row in rows} == {"both"}


def test_a_production_test_carrier_is_for_test_keys_only(settings):
    settings.SANDBOX = False
    call_command("seed_sandbox")
    assert set(Inventory.objects.values_list("mode", flat=True)) == {"test"}


def test_a_production_without_the_test_carrier_is_left_alone(settings):
    settings.SANDBOX = settings.TEST_CARRIER = False
    call_command("seed_sandbox")
    assert not Inventory.objects.exists()
