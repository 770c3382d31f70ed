"""The addresses of webhooks."""

from django.urls import path

from webhooks import api, console

api_urls = [
    path("events", api.Events.as_view()),
    path("webhooks", api.Endpoints.as_view()),
    path("webhooks/<str:endpoint_id>", api.OneEndpoint.as_view()),
    path("webhooks/<str:endpoint_id>/rotate-secret", api.RotateSecret.as_view()),
    path("webhooks/<str:endpoint_id>/test", api.SendTest.as_view()),
    path("webhooks/<str:endpoint_id>/replay", api.ReplayEvents.as_view()),
    path("webhooks/<str:endpoint_id>/deliveries", api.Deliveries.as_view()),
    path("webhooks/<str:endpoint_id>/deliveries/<str:delivery_id>", api.OneDelivery.as_view()),
    path(
        "webhooks/<str:endpoint_id>/deliveries/<str:delivery_id>/retry",
        api.RetryDelivery.as_view(),
    ),
]
console_urls = console.urls
