"""Who writes down what is said in recordings."""

from __future__ import annotations

from kernel import env

RECOGNISER = env.text(
    "RECOGNISER",
    "telephony.recognition.pocket.PocketSphinx",
    doc="The class behind calls' Recogniser port: PocketSphinx (offline, English), or telephony.recognition.over_http.HttpRecogniser.",
)
RECOGNISER_URL = env.text(
    "RECOGNISER_URL",
    "",
    doc="Where HttpRecogniser posts a WAV file as a form: https://…/v1/audio/transcriptions.",
)
RECOGNISER_KEY = env.text("RECOGNISER_KEY", "", doc="Its bearer key.", secret=True)
RECOGNISER_MODEL = env.text("RECOGNISER_MODEL", "whisper-1", doc="The model it is asked for.")
