"""What a page shows a program to print: the same lines come when the program runs."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys

from sautikit_site import toolchains
from sautikit_site.samples import cli, shell
from sautikit_site.samples.documents import Wrong
from sautikit_site.samples.found import Page, Sample
from sautikit_site.samples.place import Place, root

# What differs from run to run.
_CHANGES = re.compile(
    r"https?://[^\s]+|\b[A-Z0-9]{4}-[A-Z0-9]{4}\b|whsec_\S+|[0-9a-f]{8}-[0-9a-f-]{27}|alice-[0-9a-f]+@\S+|HD_[0-9a-f]{12}"
    r"|\+254\d{9}|tsk_live_\w+…|TS-\d+|\b[A-Z][0-9A-Z]{9}\b|\bof [A-Z][a-z]+:|[\d,]+\.\d+|\d+"
)


def check(sample: Sample, page: Page, place: Place) -> None:
    """Compare with what the program of the page prints now; raises Wrong."""
    if sample.code.name == "accounts":
        check_sip_account(sample, place)
    elif sample.code.name == "quickstart":
        _compare(sample.code.content, _quickstart(place))
    elif sample.code.name == "output":
        before = next(it for it in page.samples if it.number == sample.number - 1)
        said = shell.run(before, place, place.new_folder("output"))
        shown = [line for line in sample.code.content.splitlines() if not line[:1].isdigit()]
        _compare("\n".join(shown), "\n".join(said.splitlines()[: len(shown)]))
    elif sample.code.name == "usage":
        cli.check_usage(sample, place)
    elif sample.code.name == "example":
        cli.check_examples(sample)
    elif sample.code.name == "completion":
        cli.check_completion(sample, place)
    else:
        raise Wrong(f"nothing prints “{sample.code.name}”")


def check_sip_account(sample: Sample, place: Place) -> None:
    """Register baresip with the line of the page at the carrier of this sandbox."""
    if shutil.which("baresip") is None:
        raise Wrong("baresip is not installed: sudo python3 manage.py system_packages")
    folder = place.new_folder("baresip")
    port = place.stack.env["SANDBOX_SIP_PORT"]
    (folder / "accounts").write_text(sample.code.content.replace(":5070", f":{port}"))
    modules = "/usr/lib/baresip/modules"
    (folder / "config").write_text(
        f"sip_listen 127.0.0.1:0\nnet_interface 127.0.0.1\nmodule_path {modules}\n"
        "module g711.so\nmodule_app account.so\nmodule_app menu.so\n"
    )
    done = subprocess.run(
        ["baresip", "-f", str(folder), "-t", "4"],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    if "200 OK" not in done.stdout + done.stderr:
        raise Wrong(f"the phone does not register: {done.stdout}{done.stderr}")


def _quickstart(place: Place) -> str:
    variables = toolchains.Tool(()).environment({**place.operator, "SAUTIKIT_URL": place.url})
    done = subprocess.run(
        [sys.executable, "manage.py", "quickstart"],
        cwd=root(), env=variables, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise Wrong(done.stdout + done.stderr)
    return done.stdout


def _compare(shown: str, said: str) -> None:
    one, other = _shape(shown), _shape(said)
    if one != other:
        pairs = [
            f"{a!r} is shown, {b!r} is printed" for a, b in zip(one, other, strict=False) if a != b
        ]
        raise Wrong("; ".join(pairs) or f"{len(one)} lines are shown, {len(other)} printed")


def _shape(text: str) -> list[str]:
    return [" ".join(_CHANGES.sub("~", line).split()) for line in text.strip().splitlines()]
