"""@sautikit/webrtc: one module without dependencies, the same version everywhere, served by us."""

import json
import re
from pathlib import Path

from django.contrib.staticfiles import finders

from sautikit_site.toolchains import node

PACKAGE = Path(__file__).resolve().parents[2] / "sdks" / "webrtc"
LIBRARY = PACKAGE / "lib" / "sautikit-webrtc.js"


def test_it_is_what_its_package_says(tmp_path):
    described = json.loads((PACKAGE / "package.json").read_text())
    (tmp_path / "show.mjs").write_text(
        f"import * as it from {json.dumps(str(LIBRARY))};\n"
        "console.log(JSON.stringify({ names: Object.keys(it), version: it.VERSION }));\n"
    )
    shown = json.loads(node().run("show.mjs", cwd=tmp_path))
    assert shown["version"] == described["version"]
    assert {"connect", "Phone", "Call", "PhoneError", "PROTOCOL"} <= set(shown["names"])
    assert f"## {described['version']}" in (PACKAGE / "CHANGELOG.md").read_text()
    assert "dependencies" not in described
    assert not re.search(r"^import ", LIBRARY.read_text(), re.MULTILINE)
    assert all((PACKAGE / name).exists() for name in described["files"])


def test_every_name_has_a_type():
    types = (PACKAGE / "lib" / "sautikit-webrtc.d.ts").read_text()
    exported = re.findall(
        r"^export (?:async )?(?:function|class|const) (\w+)", LIBRARY.read_text(), re.MULTILINE
    )
    assert exported
    assert all(re.search(rf"\b{name}\b", types) for name in exported)


def test_pages_load_it_from_an_address_that_names_its_major_version():
    major = json.loads((PACKAGE / "package.json").read_text())["version"].split(".")[0]
    assert finders.find(f"sdk/webrtc-{major}/sautikit-webrtc.js") == str(LIBRARY)
