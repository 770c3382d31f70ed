"""The HTML door of webhooks."""

from django.urls import path

from webhooks.console import deliveries, endpoints, log

urls = [
    path("webhooks", endpoints.endpoint_list, name="list"),
    path("webhooks/events", log.event_log, name="events"),
    path("webhooks/verify", log.verify_signature, name="verify"),
    path("webhooks/calls/<str:call_id>", deliveries.of_call, name="of_call"),
    path("webhooks/<str:endpoint_id>", endpoints.endpoint_detail, name="detail"),
    path("webhooks/<str:endpoint_id>/act", endpoints.endpoint_act, name="act"),
    path("webhooks/<str:endpoint_id>/replay", endpoints.endpoint_replay, name="replay"),
    path(
        "webhooks/<str:endpoint_id>/deliveries/<str:delivery_id>",
        deliveries.delivery_detail,
        name="delivery",
    ),
    path(
        "webhooks/<str:endpoint_id>/deliveries/<str:delivery_id>/retry",
        deliveries.delivery_retry,
        name="retry",
    ),
]
