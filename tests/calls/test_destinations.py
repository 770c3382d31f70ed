"""Two hundred destinations: what a new workspace may call, and what stays closed when a country opens."""

import pytest

from calls.destinations import check_allowed
from calls.errors import DestinationDenied

# Real ranges of the Kenyan plan: Safaricom, Airtel, Telkom and the fixed lines.
OPEN = [
    *(f"+2547{n:02d}123456" for n in (*range(30), *range(40, 44), 45, 46, 48, *range(50, 60))),
    *(
        f"+2547{n:02d}123456"
        for n in (*range(68, 76), *range(79, 80), *range(80, 83), *range(85, 90))
    ),
    *(f"+2541{n:02d}123456" for n in (*range(4), *range(10, 16))),
    *(f"+254{area}2345678"[:12] for area in ("202", "203", "204", "205", "206", "207")),
]
DENIED = [
    # Premium, shared cost and free numbers of Kenya, and what is no number.
    "+254900123456", "+254901123456", "+254909999999", "+254800123456", "+254800723253",
    "+254860123456", "+25411", "+254999", "+254112", "+2547", "+254000000000", "+254612",
    "+254300000000", "+25490012345", "+254912345678",
    # Other countries.
    *(f"+{code}12345678" for code in (
        "1415555", "4420", "4479", "4930", "331", "3906", "3491", "2711", "23480", "2567", "2557",
        "2507", "2519", "2111", "24920", "2607", "2637", "20100", "2126", "9198", "8613", "8190",
        "8210", "6591", "6012", "6281", "6391", "8498", "9665", "97150", "9725", "7495", "9053",
        "5511", "5255", "5411", "5691", "5730", "5199", "6141", "6421",
    )),
    # Satellite, international premium and networks without a country.
    *(f"+{code}1234567" for code in (
        "8816", "8817", "8821", "8823", "88234", "88299", "8835", "870773", "87078", "87010",
        "8880", "9790", "9791", "8001", "8081", "8830",
    )),
    # Islands and countries that lead the lists of pumped traffic.
    *(f"+{code}123456" for code in (
        "2471", "2462", "2901", "5001", "6721", "6742", "6751", "6761", "6771", "6781", "6791",
        "6801", "6811", "6821", "6831", "6851", "6861", "6871", "6881", "6891", "6901", "6911",
        "6921", "9601", "2521", "2241", "2201", "2311", "2321", "2351", "2361", "2391", "2401",
        "2451", "2571", "2611", "2691", "5301", "5091", "5011", "3711", "3721", "3701", "3551",
        "3811", "3871", "2161", "2221", "8501",
    )),
    "+18765551234", "+18095551234", "+12425551234", "+14735551234", "+19005551234", "+17675551234",
]  # fmt: skip


def is_open(e164, *extra, settings=None):
    try:
        check_allowed(e164, mode="live", extra_prefixes=extra)
    except DestinationDenied:
        return False
    return True


@pytest.fixture(autouse=True)
def production(settings):
    settings.SANDBOX = False


def test_the_table_is_two_hundred_long():
    assert len({*OPEN, *DENIED}) >= 200


def test_kenyan_fixed_and_mobile_numbers_are_open():
    assert [e164 for e164 in OPEN if not is_open(e164)] == []


def test_everything_else_is_closed():
    assert [e164 for e164 in DENIED if is_open(e164)] == []


@pytest.mark.parametrize(
    ("e164", "opened", "may"),
    [
        ("+447911123456", "+44", True),
        ("+442079460000", "+44", True),
        ("+449098790000", "+44", False),
        ("+448712345678", "+44", False),
        ("+14155552671", "+1", True),
        ("+19002345678", "+1", False),
        ("+18765551234", "+1", False),
        ("+18762345678", "+1876", True),
        ("+9607701234", "+", False),
        ("+9607701234", "+960", True),
        ("+8816123456789", "+", False),
        ("+254900123456", "+254900", False),
    ],
)
def test_a_country_that_is_opened_keeps_its_premium_and_fraud_ranges_closed(e164, opened, may):
    assert is_open(e164, opened) is may
