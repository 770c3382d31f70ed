"""System checks across settings."""

from ipaddress import ip_network

from sautikit_site import checks


def test_site_w001_a_production_behind_an_unnamed_proxy_is_warned(settings):
    settings.PRODUCTION, settings.PUBLIC_URL, settings.TRUSTED_PROXIES = True, "https://a.test", ()
    assert [found.id for found in checks.proxies_are_named_in_production([])] == ["site.W001"]
    settings.TRUSTED_PROXIES = (ip_network("127.0.0.1/32"),)
    assert checks.proxies_are_named_in_production([]) == []


def test_site_w001_is_silent_where_no_proxy_must_be(settings):
    settings.PRODUCTION, settings.PUBLIC_URL, settings.TRUSTED_PROXIES = True, "http://a.test", ()
    assert checks.proxies_are_named_in_production([]) == []
    settings.PRODUCTION, settings.PUBLIC_URL = False, "https://a.test"
    assert checks.proxies_are_named_in_production([]) == []
