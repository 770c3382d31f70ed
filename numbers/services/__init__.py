"""The verbs of numbers: the only code that writes its tables."""

from numbers.services.claims import Claim, Release, claim_number, release_number
from numbers.services.desk import (
    assign_number,
    bar_number,
    offer_number,
    quarantine_number,
    reassign_number,
    reserve_number,
    unbar_number,
)
from numbers.services.imports import ask_import, run_import
from numbers.services.inventory import load_inventory, remove_number
from numbers.services.renewals import renew_number, renew_rentals, resume_numbers
from numbers.services.routing import is_sound, renew_greeting, route_number
from numbers.services.sip import (
    Issued,
    Registration,
    add_sip_credential,
    delete_sip_credential,
    note_registrations,
    rotate_sip_credential,
)

__all__ = [
    "Claim",
    "Issued",
    "Registration",
    "Release",
    "add_sip_credential",
    "ask_import",
    "assign_number",
    "bar_number",
    "claim_number",
    "delete_sip_credential",
    "is_sound",
    "load_inventory",
    "note_registrations",
    "offer_number",
    "quarantine_number",
    "reassign_number",
    "release_number",
    "remove_number",
    "renew_greeting",
    "renew_number",
    "renew_rentals",
    "reserve_number",
    "resume_numbers",
    "rotate_sip_credential",
    "route_number",
    "run_import",
    "unbar_number",
]
