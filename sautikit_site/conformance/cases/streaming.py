"""Audio to a server of the customer's and back. `@bots@` is where it listens."""

from __future__ import annotations

from sautikit_site.conformance.case import Case, both

CASES: list[Case] = [
    *both(
        "a bot that echoes is heard",
        [{"stream": {"url": "@bots@/echo", "connect": True}}],
        '<Connect><Stream url="@bots@/echo"/></Connect>',
        phone="leave-later",
        does="wait 1.5; say 1000 1.5",
        hears="1000 1.3-1.6",
        asks=("...",),
        is_quick=True,
    ),
    *both(
        "a bot that speaks is heard",
        [{"stream": {"url": "@bots@/speak/1500/1.0", "connect": True}}],
        '<Stream url="@bots@/speak/1500/1.0" connect="true"/>',
        phone="leave-later",
        hears="~voice, 1500 0.8-1.1",
        asks=("...",),
    ),
    *both(
        "a stream goes on beside the next action",
        [{"stream": {"url": "@bots@/speak/1500/1.0"}}, {"pause": {"length": 4}}],
        '<Start><Stream url="@bots@/speak/1500/1.0"/></Start><Pause length="4"/>',
        hears="1500 1.0",
        asks=("...",),
    ),
    *both(
        "what the document says of the call reaches the bot",
        [
            {
                "stream": {
                    "url": "@bots@/asked/1.0",
                    "connect": True,
                    "headerMetadata": '{"hertz": "600"}',
                }
            }
        ],
        '<Connect><Stream url="@bots@/asked/1.0"><Parameter name="hertz" value="600"/></Stream>'
        "</Connect>",
        phone="leave-later",
        hears="600 1.0",
        asks=("...",),
    ),
    Case(
        name="a bot that is interrupted falls silent",
        pages={"voice": [{"stream": {"url": "@bots@/interrupted/1500", "connect": True}}]},
        phone="leave-later",
        hears="1500 0.7-2.5, quiet 1-4",
        asks=("...",),
    ),
    Case(
        name="a bot hears the caller at 16 kHz and speaks at 8",
        pages={
            "voice": [
                {
                    "stream": {
                        "url": "@bots@/speak/1000/1.0",
                        "connect": True,
                        "outputSamplingRate": 16000,
                        "bidirectionalSamplingRate": 8000,
                    }
                }
            ]
        },
        phone="leave-later",
        hears="1000 1.0",
        asks=("...",),
    ),
    Case(
        name="the events of a stream are posted",
        pages={
            "voice": [
                {
                    "stream": {
                        "url": "@bots@/echo",
                        "connect": True,
                        "name": "bot",
                        "statusCallback": "stream",
                        "statusEvents": "stream-started",
                    }
                }
            ],
            "stream": [],
        },
        phone="leave-later",
        asks=("stream streamEvent=stream-started streamName=bot callSessionState=StreamStarted",),
    ),
]
