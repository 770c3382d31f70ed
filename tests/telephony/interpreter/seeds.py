"""The two documents of the published quickstart, byte for byte."""

SEED_JSON = (
    b'{"actions": [ { "say": { "text": "Hi from Sautikit. Press 1 for sales, or 2 for support.", '
    b'"language": "en-KE" } }, { "getDigits": { "numDigits": 1, "timeout": 8, "finishOnKey": "#", '
    b'"action": "/voice/handle-choice" } }]}'
)
SEED_XML = (
    b'<Response><Say language="en-KE">Hi from Sautikit. Press 1 for sales, or 2 for support.</Say>'
    b'<GetDigits maxDigits="1" timeout="8" finishOnKey="#"> <Say language="en-KE">Enter your '
    b"choice.</Say></GetDigits></Response>"
)
GREETING = "Hi from Sautikit. Press 1 for sales, or 2 for support."
