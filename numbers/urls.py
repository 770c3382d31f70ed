"""The addresses of numbers."""

from django.urls import path

from numbers import api, api_sip, console, console_sip

api_urls = [
    path("numbers/available", api.AvailableView.as_view()),
    path("numbers/available/claim", api.AvailableClaimView.as_view()),
    path("numbers/claim", api.ClaimView.as_view()),
    path("numbers", api.NumbersView.as_view()),
    path("numbers/<str:number_id>", api.NumberView.as_view()),
    path("numbers/<str:inventory_id>/claim", api.ClaimView.as_view()),
    path("numbers/<str:number_id>/routing", api.RoutingView.as_view()),
    path("numbers/<str:number_id>/sip-credentials", api_sip.SipCredentialsView.as_view()),
    path(
        "numbers/<str:number_id>/sip-credentials/<str:credential_id>",
        api_sip.SipCredentialView.as_view(),
    ),
    path(
        "numbers/<str:number_id>/sip-credentials/<str:credential_id>/rotate",
        api_sip.RotateSipCredentialView.as_view(),
    ),
]

console_urls = [*console.urls, *console_sip.urls]
