"""Packs workbooks so that the same content on the same day gives the same bytes."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, datetime

from openpyxl import Workbook


def packed(target: Workbook, day: date) -> bytes:
    """Return the file with the day of the export in place of the clock."""
    stamp = datetime(day.year, day.month, day.day)
    target.properties.creator = "kamctl"
    target.properties.created = stamp
    first, second = io.BytesIO(), io.BytesIO()
    target.save(first)
    with zipfile.ZipFile(first) as source, zipfile.ZipFile(second, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                content = re.sub(
                    rb"(<dcterms:modified[^>]*>)[^<]*", rf"\g<1>{stamp:%Y-%m-%dT%H:%M:%SZ}".encode(), content
                )
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return second.getvalue()
