"""What a wheelhouse is made of, as CycloneDX 1.6 in JSON: python -m release.sbom FOLDER FILE.

Run by the interpreter that has CycloneDX's library (`make wheelhouse` does).
"""

import hashlib
import sys
import zipfile
from collections.abc import Sequence
from email import message_from_bytes
from pathlib import Path

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL
from packaging.utils import canonicalize_name

from release.audit import licence_of
from release.locked import NAME


def main(words: Sequence[str]) -> int:
    """Return 0; writes the list of a wheelhouse's components."""
    wheels = sorted(Path(words[0], "wheels").glob("*.whl"))
    components = {component.name: component for component in map(_component, wheels)}
    bom = Bom(components=[x for name, x in components.items() if name != NAME])
    bom.metadata.component = components[NAME]
    bom.register_dependency(components[NAME], bom.components)
    Path(words[1]).write_text(JsonV1Dot6(bom).output_as_string(indent=1), encoding="utf-8")
    print(f"{words[1]}: {len(components)} components")
    return 0


def _component(wheel: Path) -> Component:
    with zipfile.ZipFile(wheel) as archive:
        name = next(x for x in archive.namelist() if x.endswith(".dist-info/METADATA"))
        facts = message_from_bytes(archive.read(name))
    named, version = str(canonicalize_name(facts["Name"])), facts["Version"]
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    return Component(
        type=ComponentType.APPLICATION if named == NAME else ComponentType.LIBRARY,
        name=named,
        version=version,
        bom_ref=f"{named}=={version}",
        purl=PackageURL("pypi", name=named, version=version),
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest)],
        licenses=[LicenseFactory().make_from_string(licence_of(facts))],
    )


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
