"""The verbs of numbers: the only code that writes its tables."""

from numbers.services.claims import Claim, Release, claim_number, release_number
from numbers.services.inventory import load_inventory
from numbers.services.renewals import renew_number, renew_rentals, resume_numbers
from numbers.services.routing import route_number

__all__ = [
    "Claim",
    "Release",
    "claim_number",
    "load_inventory",
    "release_number",
    "renew_number",
    "renew_rentals",
    "resume_numbers",
    "route_number",
]
