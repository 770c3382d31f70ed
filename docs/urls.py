"""The addresses of the developer pages and of their copies for machines."""

from django.urls import path

from docs import api, console, console_try

api_urls = [path("public/pricing", api.PricingView.as_view())]
console_urls = [
    path("developers", console.home, name="home"),
    path("developers.md", console.guide_text, name="home_text"),
    path("developers/build-with-ai", console.build_with_ai, name="build_with_ai"),
    path("developers/try", console_try.operations, name="try_list"),
    path("developers/try/<str:name>", console_try.operation, name="try"),
    path("developers/search", console.find, name="search"),
    path("developers/errors/<str:code>.md", console.error_text, name="error_text"),
    path("developers/events/<str:name>.md", console.event_text, name="event_text"),
    path("developers/verbs/<str:name>.md", console.verb_text, name="verb_text"),
    path("developers/errors/<str:code>", console.error, name="error"),
    path("developers/events/<str:name>", console.event, name="event"),
    path("developers/verbs/<str:name>", console.verb, name="verb"),
    path("developers/<slug:slug>.md", console.guide_text, name="guide_text"),
    path("developers/<slug:slug>", console.guide, name="guide"),
    path("llms.txt", console.index, name="llms"),
    path("llms-full.txt", console.everything, name="llms_full"),
    path("openapi.public.yaml", console.openapi, name="openapi"),
    path("voice-actions.schema.json", console.voice_schema, name="voice_schema"),
]
