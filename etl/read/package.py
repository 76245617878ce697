"""Office packages that the parsers refuse though they hold a whole document: Strict Open XML, and relations to parts that are not there."""
from __future__ import annotations

import posixpath
import re
import zipfile
from io import BytesIO

from lxml import etree

_STRICT = b"http://purl.oclc.org/ooxml/"
# purl.oclc.org/ooxml/wordprocessingml/main here is schemas.openxmlformats.org/wordprocessingml/2006/main in the other dialect.
_NAME = re.compile(rb"http://purl\.oclc\.org/ooxml/([A-Za-z]+)/")
_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


def mended(data: bytes) -> bytes:
    """The package in the dialect that python-docx and openpyxl know, without relations to missing parts; `data` where nothing is wrong.

    Call it after archive.check_archive, which bounds the sizes.
    """
    with zipfile.ZipFile(BytesIO(data)) as archive:
        names = set(archive.namelist())
        markup = (name for name in names if name.endswith((".xml", ".rels")))
        changed = {name: new for name in markup if (new := _part(archive.read(name), name, names)) is not None}
        if not changed:
            return data
        out = BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as copy:
            for name in archive.namelist():
                copy.writestr(name, changed[name] if name in changed else archive.read(name))
    return out.getvalue()


def _part(markup: bytes, name: str, names: set[str]) -> bytes | None:
    """A part without what is wrong with it, or None where nothing is."""
    new = _NAME.sub(rb"http://schemas.openxmlformats.org/\1/2006/", markup) if _STRICT in markup else markup
    if name.endswith(".rels"):
        new = _present(new, name, names)
    return None if new is markup else new


def _present(markup: bytes, name: str, names: set[str]) -> bytes:
    """Relations without those to parts of the package that are not there; as it is where none is, or where it cannot be read."""
    try:
        root = etree.fromstring(markup)
    except etree.XMLSyntaxError:
        return markup
    folder = posixpath.dirname(posixpath.dirname(name))
    inside = [relation for relation in root.iter(_RELATION) if relation.get("TargetMode") != "External"]
    lost = [relation for relation in inside if not _leads(relation, folder, names)]
    for relation in lost:
        root.remove(relation)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True) if lost else markup


def _leads(relation: etree._Element, folder: str, names: set[str]) -> bool:
    target = (relation.get("Target") or "").split("#")[0]
    place = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
    return place in names
