"""The addresses of numbers."""

from django.urls import path

from numbers import api, console

api_urls = [
    path("numbers/available", api.AvailableView.as_view()),
    path("numbers/available/claim", api.AvailableClaimView.as_view()),
    path("numbers/claim", api.ClaimView.as_view()),
    path("numbers", api.NumbersView.as_view()),
    path("numbers/<str:number_id>", api.NumberView.as_view()),
    path("numbers/<str:inventory_id>/claim", api.ClaimView.as_view()),
    path("numbers/<str:number_id>/routing", api.RoutingView.as_view()),
]

console_urls = console.urls
