import pytest

from calls import labels

URL = "https://acme.example/voice?a=1"


def test_a_plain_label_is_put_on_the_callback_address():
    assert labels.with_label(URL, "order-7") == f"{URL}&clientRequestId=order-7"
    assert labels.with_label("https://acme.example/v", "a&b=é") == (
        "https://acme.example/v?clientRequestId=a%26b%3D%C3%A9"
    )


def test_an_older_label_on_the_address_is_replaced():
    assert labels.with_label("https://x.example/?clientRequestId=old", "new") == (
        "https://x.example/?clientRequestId=new"
    )


@pytest.mark.parametrize("label", [None, "two words", "a,b", "{x}", 'say "hi"', "it's", "\u2003"])
def test_labels_that_would_be_mangled_stay_in_our_reply(label):
    assert labels.with_label(URL, label) == URL
    assert labels.echoed(label) is None


def test_a_label_longer_than_a_query_may_be_is_left_out_of_it():
    assert labels.with_label(URL, "x" * 2048) != URL
    assert labels.with_label(URL, "x" * 2049) == URL
    assert labels.with_label(URL, "é" * 342) == URL
    assert labels.echoed("x" * 2049) == "x" * 2049
