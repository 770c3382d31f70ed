"""Voice documents from builders of others: the `twilio` package, and Africa's Talking's for Node.js.

The `africastalking` package for Python places calls but builds no documents; its sister does.
"""

import json
from pathlib import Path

from twilio.twiml.voice_response import Dial, Gather, VoiceResponse

from sautikit_site import toolchains

HERE = Path(__file__).parent / "node"


def twilio_documents():
    """Return a document for each thing an application does, by name."""
    made = {}
    greet = Gather(num_digits=1, action="choice", method="POST", timeout=20)
    greet.say("Press one.")
    response = VoiceResponse()
    response.append(greet)
    made["twilio greets and collects"] = response

    dial = Dial(action="after", timeout=20, record="record-from-answer", method="POST")
    dial.number("@friend@")
    response = VoiceResponse()
    response.append(dial)
    made["twilio dials"] = response

    response = VoiceResponse()
    response.say("Leave a message.")
    response.record(
        max_length=20, finish_on_key="#", play_beep=True, trim="trim-silence", action="after"
    )
    made["twilio records"] = response

    dial = Dial()
    dial.conference(
        "Room 1234", start_conference_on_enter=True, end_conference_on_exit=False, beep="false"
    )
    response = VoiceResponse()
    response.append(dial)
    made["twilio confers"] = response

    response = VoiceResponse()
    response.redirect("after", method="POST")
    made["twilio redirects"] = response

    response = VoiceResponse()
    response.reject(reason="busy")
    made["twilio rejects"] = response

    response = VoiceResponse()
    response.play("tone/900/0.4.wav", loop=2)
    response.pause(length=1)
    response.hangup()
    made["twilio plays, waits and hangs up"] = response

    response = VoiceResponse()
    response.enqueue("support", wait_url="wait")
    response.pay()
    response.say("Goodbye.", voice="Polly.Joanna")
    made["twilio queues and takes money"] = response
    return {name: str(response) for name, response in made.items()}


def africastalking_documents():
    """Return what the builder of the `africastalking` package for Node.js makes."""
    folder = toolchains.npm_packages(HERE / "package-lock.json")
    script = (HERE / "actions.js").read_text()
    variables = {"NODE_PATH": str(folder / "node_modules")}
    said = toolchains.node().run("-e", script, cwd=folder, variables=variables)
    return json.loads(said)
