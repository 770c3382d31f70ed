"""The operators' pages: upload, report, drill-down, CSV, one-click correction by one person or two."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from kernel.models import AuditEntry
from tests import world
from tests.wallet.exports import Row, balanced, csv_file, live_wallet, xlsx_file
from tests.wallet.test_reconciliation import NOW, NUMBER, landed, money, paid
from wallet.models import Finding, Statement

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def wallet(settings):
    settings.DARAJA_SHORTCODE = "409900"
    return live_wallet()


def operator(name):
    User.objects.create_superuser(email=f"{name}@sautikit.example", password="only-for-tests")
    browser = Client()
    assert browser.login(email=f"{name}@sautikit.example", password="only-for-tests")
    return browser


@pytest.fixture
def asha(wallet):
    return operator("asha")


def upload(browser, raw, name="november.csv"):
    return browser.post(
        "/admin/wallet/statement/add/",
        {"file": SimpleUploadedFile(name, raw), "reason": "the month's end"},
        follow=True,
    )


def rows(wallet):
    return balanced(
        [
            paid(wallet),
            paid(wallet, number="UKM8R4XC2P", minor=30_000_00, at=NOW + timedelta(minutes=2)),
            paid(wallet, number="UKM8R4XC3P", minor=70_000, at=NOW + timedelta(minutes=3)),
            Row("UKB0000001", NOW + timedelta(minutes=4), -100, "Charge", "Pay Bill Charge"),
        ]
    )


@pytest.mark.parametrize("write", [csv_file, xlsx_file])
def test_an_upload_leads_to_the_report_with_counts_drawn(asha, wallet, write):
    landed(wallet)
    page = upload(asha, write(rows(wallet)))
    made = Statement.objects.get()
    assert page.redirect_chain[-1][0] == f"/admin/wallet/statement/{made.pk}/change/"
    body = page.content.decode()
    assert body.count("<rect width=") == 9
    assert f"statement__id__exact={made.pk}&amp;verdict__exact=missing" in body
    assert "KES 30,700.00" in body and "Not explained" in body
    assert "style=" not in body.split('class="report"')[1].split("</section>")[0]


def test_the_same_file_says_so_and_a_wrong_one_is_refused(asha, wallet):
    raw = csv_file(rows(wallet))
    upload(asha, raw)
    assert "nothing changed" in upload(asha, raw).content.decode()
    assert "no M-Pesa statement" in upload(asha, b"hello").content.decode()
    assert Statement.objects.count() == 1


def test_the_drill_down_the_csv_and_the_file_open(asha, wallet):
    raw = csv_file(rows(wallet))
    upload(asha, raw)
    made = Statement.objects.get()
    one = f"statement__id__exact={made.pk}"
    listed = asha.get(f"/admin/wallet/statementrow/?{one}&verdict__exact=missing")
    assert "UKM8R4XC2P" in listed.content.decode()
    listed = asha.get(f"/admin/wallet/finding/?{one}&kind__exact=missing&status__exact=open")
    assert "UKM8R4XC2P" in listed.content.decode()
    text = asha.get(f"/admin/wallet/statement/{made.pk}/findings.csv")
    assert text["Content-Disposition"].startswith("attachment")
    assert text.content.decode().count("\r\nUKM8R4XC") == 3
    assert asha.get(f"/admin/wallet/statement/{made.pk}/file").content == raw


def test_a_large_correction_is_asked_by_one_and_agreed_by_another(asha, wallet):
    upload(asha, csv_file(rows(wallet)))
    found = Finding.objects.get(status="open")
    path = f"/admin/wallet/finding/{found.pk}/change/"
    assert "Correct by a new entry" in asha.get(path).content.decode()
    refused = asha.post(path, {"decision": "correct", "reason": ""}, follow=True)
    assert "Say why" in refused.content.decode()
    asked = asha.post(path, {"decision": "correct", "reason": "It is there"}, follow=True)
    assert "somebody else must agree" in asked.content.decode()
    asha.post(path, {"decision": "agree", "reason": "I looked too"})
    assert Finding.objects.get(pk=found.pk).status == "asked"
    brian = operator("brian")
    assert "corrected by a new entry" in brian.post(
        path, {"decision": "agree", "reason": "I looked too"}, follow=True
    ).content.decode()  # fmt: skip
    assert money(wallet) == (50_000 + 30_000_00 + 70_000, 0)
    assert AuditEntry.objects.filter(action_kind="wallet.finding_corrected").exists()


def test_a_small_correction_is_one_click_in_the_list(asha, wallet):
    landed(wallet, amount_minor=40_000)
    upload(asha, csv_file(balanced([paid(wallet)])))
    found = Finding.objects.get()
    asha.post("/admin/wallet/finding/", {
        "action": "correct", "_selected_action": [str(found.pk)], "reason": "the statement says so",
    })  # fmt: skip
    assert money(wallet) == (50_000, 0)
    assert Finding.objects.get().receipt_no == NUMBER


def test_who_may_only_look_moves_nothing(asha, wallet):
    upload(asha, csv_file(rows(wallet)))
    found = Finding.objects.get(status="open")
    viewer = User.objects.create_superuser(email="v@sautikit.example", password="only-for-tests")
    User.objects.filter(pk=viewer.pk).update(is_superuser=False)
    looks = Permission.objects.filter(codename__in=["view_finding", "view_statement"])
    viewer.user_permissions.set(looks)
    browser = Client()
    assert browser.login(email="v@sautikit.example", password="only-for-tests")
    path = f"/admin/wallet/finding/{found.pk}/change/"
    assert browser.get(path).status_code == 200
    assert browser.post(path, {"decision": "correct", "reason": "x"}).status_code == 403
    assert browser.get("/admin/wallet/statement/add/").status_code == 403
    made = Statement.objects.get()
    assert browser.get(f"/admin/wallet/statement/{made.pk}/change/").status_code == 200
    assert browser.get(f"/admin/wallet/statement/{made.pk}/file").status_code == 403


def test_a_customer_sees_none_of_it(asha, wallet):
    upload(asha, csv_file(rows(wallet)))
    made = Statement.objects.get()
    browser = Client()
    browser.force_login(world.amina(), backend="django.contrib.auth.backends.ModelBackend")
    for part in ("change/", "findings.csv", "file"):
        assert browser.get(f"/admin/wallet/statement/{made.pk}/{part}").status_code == 302
