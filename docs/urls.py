"""The addresses of the developer pages."""

from django.urls import URLPattern, path

from docs import console

api_urls: list[URLPattern] = []
console_urls = [
    path("developers", console.home, name="home"),
    path("developers/errors/<str:code>", console.error, name="error"),
]
