"""append_page.py FILE: adds a page by an incremental update, as an editor for PDF would; the signed bytes stay as they are."""

import re
import sys

path = sys.argv[1]
with open(path, "rb") as file:
    data = file.read()
pages = re.search(rb"\n(\d+) 0 obj\n<</Type/Pages/Count 1/Kids\[(\d+) 0 R\]>>", data)
size = int(re.findall(rb"/Size (\d+)", data)[-1])
root = re.findall(rb"/Root (\d+) 0 R", data)[-1].decode()
before = int(re.findall(rb"startxref\n(\d+)", data)[-1])
number, first = int(pages.group(1)), int(pages.group(2))

added, where = b"\n", {}
for this, body in (
    (number, f"<</Type/Pages/Kids[{first} 0 R {size} 0 R]/Count 2>>"),
    (size, f"<</Type/Page/Parent {number} 0 R/MediaBox[0 0 595 842]/Resources<<>>>>"),
):
    where[this] = len(data) + len(added)
    added += f"{this} 0 obj\n{body}\nendobj\n".encode()
start = len(data) + len(added)
added += b"xref\n"
for this in sorted(where):
    added += f"{this} 1\n{where[this]:010} 00000 n \n".encode()
added += f"trailer\n<</Size {size + 1}/Root {root} 0 R/Prev {before}>>\nstartxref\n{start}\n%%EOF\n".encode()
with open(path, "ab") as file:
    file.write(added)
