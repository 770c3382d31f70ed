"""What people and keys do to rooms and to running calls."""

from kernel import audit

audit.declare(
    {
        "conferences.mute": "Somebody in a room was muted.",
        "conferences.unmute": "Somebody in a room may speak again.",
        "conferences.kick": "Somebody was taken out of a room.",
        "conferences.hold": "Somebody in a room was put on hold.",
        "conferences.unhold": "Somebody in a room was taken off hold.",
        "conferences.play": "A sound was played into a room.",
        "conferences.say": "A text was said into a room.",
        "conferences.end": "A room was ended.",
        "calls.actions_sent": "A running call was given other actions.",
        "calls.supervision_started": "A supervisor was called for a call.",
        "calls.supervision_mode_changed": "A supervisor listens, whispers or barges in now.",
        "calls.supervision_ended": "A supervisor was hung up.",
        "voice.sound_hosts_set": "The servers that sounds may come from were set.",
        "voice.draft_saved": "A voice document was kept under a name.",
        "voice.draft_deleted": "A voice document was deleted.",
    }
)
