"""Zips one Lambda binary as `bootstrap`. The same binary always gives the same zip, so an unchanged function is not
deployed again.

Usage: python3 localstack/package.py BINARY OUTPUT.zip
"""

import sys
import zipfile

binary, output = sys.argv[1:]
entry = zipfile.ZipInfo("bootstrap", date_time=(1980, 1, 1, 0, 0, 0))
entry.external_attr = 0o100755 << 16
entry.create_system = 3  # Unix, or the permissions are not read
entry.compress_type = zipfile.ZIP_DEFLATED
with open(binary, "rb") as file, zipfile.ZipFile(output, "w", compresslevel=1) as archive:
    archive.writestr(entry, file.read(), compresslevel=1)
