"""One document for each voice verb, in both forms; the tests run them through the parser."""

EXAMPLES: dict[str, tuple[object, str]] = {
    "say": (
        {"say": {"text": "Habari, karibu.", "language": "sw-KE", "voice": "woman"}},
        '<Say language="sw-KE" voice="woman">Habari, karibu.</Say>',
    ),
    "play": (
        {"play": {"url": "https://your-app.example.com/welcome.wav", "loop": 2}},
        '<Play loop="2">https://your-app.example.com/welcome.wav</Play>',
    ),
    "pause": ({"pause": {"length": 2}}, '<Pause length="2"/>'),
    "getDigits": (
        {
            "getDigits": {
                "numDigits": 1,
                "timeout": 8,
                "finishOnKey": "#",
                "action": "/voice/handle-choice",
                "nested": [{"say": {"text": "Enter your choice."}}],
            }
        },
        '<GetDigits maxDigits="1" timeout="8" finishOnKey="#" action="/voice/handle-choice">\n'
        "    <Say>Enter your choice.</Say>\n"
        "  </GetDigits>",
    ),
    "dial": (
        {
            "dial": {
                "numbers": ["+254712345678", "+254722345678"],
                "timeout": 20,
                "record": True,
                "action": "/voice/after-the-agent",
            }
        },
        '<Dial timeout="20" record="true" action="/voice/after-the-agent">\n'
        "    <Number>+254712345678</Number>\n"
        "    <Number>+254722345678</Number>\n"
        "  </Dial>",
    ),
    "conference": (
        {
            "conference": {
                "name": "support-4711",
                "startOnEnter": False,
                "endOnExit": True,
                "waitUrl": "https://your-app.example.com/hold.wav",
                "record": True,
                "statusEventsCallbackUrl": "/voice/room-events",
                "statusEvents": "start join leave end",
            }
        },
        '<Conference startOnEnter="false" endOnExit="true" record="true"\n'
        '              waitUrl="https://your-app.example.com/hold.wav"\n'
        '              statusEventsCallbackUrl="/voice/room-events"\n'
        '              statusEvents="start join leave end">support-4711</Conference>',
    ),
    "record": (
        {
            "record": {
                "maxLength": 60,
                "timeout": 4,
                "finishOnKey": "#",
                "action": "/voice/message-left",
            }
        },
        '<Record maxLength="60" timeout="4" finishOnKey="#" action="/voice/message-left"/>',
    ),
    "stream": (
        {
            "stream": {
                "url": "wss://your-app.example.com/audio",
                "name": "assistant",
                "connect": True,
                "outputSamplingRate": 16000,
                "bidirectionalSamplingRate": 24000,
                "headerMetadata": '{"customer": "1842"}',
                "statusCallback": "/voice/stream-events",
            }
        },
        '<Stream url="wss://your-app.example.com/audio" name="assistant" connect="true"\n'
        '          outputSamplingRate="16000" bidirectionalSamplingRate="24000"\n'
        """          headerMetadata='{"customer": "1842"}'\n"""
        '          statusCallback="/voice/stream-events"/>',
    ),
    "redirect": (
        {"redirect": {"url": "/voice/closed", "method": "POST"}},
        '<Redirect method="POST">/voice/closed</Redirect>',
    ),
    "reject": ({"reject": {"reason": "busy"}}, '<Reject reason="busy"/>'),
    "hangup": ({"hangup": {}}, "<Hangup/>"),
}
