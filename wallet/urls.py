"""The addresses of the wallet: the API, the callback door and the console."""

from django.urls import URLPattern

api_urls: list[URLPattern] = []
hook_urls: list[URLPattern] = []
console_urls: list[URLPattern] = []
