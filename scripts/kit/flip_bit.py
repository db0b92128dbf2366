"""flip_bit.py FILE: changes one bit in the middle of a PDF's page, which is signed."""

import sys

path = sys.argv[1]
with open(path, "rb") as file:
    data = bytearray(file.read())
data[len(data) // 2] ^= 1
with open(path, "wb") as file:
    file.write(data)
