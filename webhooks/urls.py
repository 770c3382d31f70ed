"""The addresses of webhooks."""

from django.urls import path

from webhooks import api, console, listener_api

api_urls = [
    path("events", api.Events.as_view()),
    path("events/trigger", listener_api.Trigger.as_view()),
    path("listeners", listener_api.Listeners.as_view()),
    path("listeners/<str:listener_id>", listener_api.OneListener.as_view()),
    path("listeners/<str:listener_id>/beat", listener_api.Beat.as_view()),
    path("listeners/<str:listener_id>/events", listener_api.Resend.as_view()),
    path("listeners/<str:listener_id>/answers/<str:relayed_id>", listener_api.Answer.as_view()),
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
