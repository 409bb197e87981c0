"""Make a table of a SQLite file endless: endless_tree.py FILE TABLE [LEVELS].

The root of the table becomes a page of which every cell leads to one other page, of which every cell leads to the next,
and so on; the last one leads to what the table had. A scan of the table then meets its rows 500^LEVELS times.
"""
import sqlite3
import struct
import sys

path, table = sys.argv[1], sys.argv[2]
levels = int(sys.argv[3]) if len(sys.argv) > 3 else 12
database = sqlite3.connect(path)
database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
root = 1 if table == "sqlite_schema" else database.execute(
    "SELECT rootpage FROM sqlite_schema WHERE name = ?", (table,)).fetchone()[0]
size = database.execute("PRAGMA page_size").fetchone()[0]
database.close()
content = bytearray(open(path, "rb").read())


def fill(page, child, start):
    """An interior page with as many cells as there is room for; all lead to `child`."""
    cell = struct.pack(">I", child) + key
    n = (size - start - 12) // (2 + len(cell))
    first = size - n * len(cell)
    page[start:start + 12] = struct.pack(">BHHHBI", kind, 0, n, first, 0, child)
    for i in range(n):
        at = first + i * len(cell)
        page[start + 12 + 2 * i:start + 14 + 2 * i] = struct.pack(">H", at)
        page[at:at + len(cell)] = cell


start = 100 if root == 1 else 0
old = content[(root - 1) * size:root * size]
pages = len(content) // size
kind, key = 5, b"\1"  # a table of rowids
if old[start] == 10:  # one without, or an index: its cells have a row, here the first of a leaf
    at = struct.unpack(">H", old[start + 8:start + 10])[0]
    kind, key = 2, bytes(old[at:at + 1 + old[at]])
if start:  # a leaf elsewhere has no header of the file before it: its cells stay where they are, its pointers move
    head = old[start:start + 8]
    cells = struct.unpack(">H", head[3:5])[0]
    head_bytes = 12 if head[0] == 5 else 8
    moved = bytearray(old)
    moved[0:head_bytes + 2 * cells] = old[start:start + head_bytes + 2 * cells]
    content += moved
else:
    content += old
below = pages + 1
for _ in range(levels):
    page = bytearray(size)
    fill(page, below, 0)
    content += page
    below = len(content) // size
page = content[(root - 1) * size:root * size]
fill(page, below, start)
content[(root - 1) * size:root * size] = page
content[28:32] = struct.pack(">I", len(content) // size)
content[92:96] = content[24:28]
open(path, "wb").write(content)
