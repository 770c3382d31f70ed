"""What people and keys do to rooms and to running calls."""

from django.utils.translation import gettext_lazy as _

from kernel import audit

audit.declare(
    {
        "conferences.mute": _("Somebody in a room was muted."),
        "conferences.unmute": _("Somebody in a room may speak again."),
        "conferences.kick": _("Somebody was taken out of a room."),
        "conferences.hold": _("Somebody in a room was put on hold."),
        "conferences.unhold": _("Somebody in a room was taken off hold."),
        "conferences.play": _("A sound was played into a room."),
        "conferences.say": _("A text was said into a room."),
        "conferences.end": _("A room was ended."),
        "calls.actions_sent": _("A running call was given other actions."),
        "calls.supervision_started": _("A supervisor was called for a call."),
        "calls.supervision_mode_changed": _("A supervisor listens, whispers or barges in now."),
        "calls.supervision_ended": _("A supervisor was hung up."),
        "voice.sound_hosts_set": _("The servers that sounds may come from were set."),
        "voice.draft_saved": _("A voice document was kept under a name."),
        "voice.draft_deleted": _("A voice document was deleted."),
    }
)
