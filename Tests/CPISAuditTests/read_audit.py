"""Reads an audit log from its description in Documentation/Formats/Audit.md alone, and prints its head."""
import hashlib
import os
import struct
import sys

TOP, POLY = (1 << 64) - 1, 0xC96C5795D7870F42


def crc64(data):
    register = TOP
    for byte in data:
        register ^= byte
        for _ in range(8):
            register = (register >> 1) ^ (POLY if register & 1 else 0)
    return register ^ TOP


def frames(data):
    while data:
        magic, version, kind, zero, length, sequence, previous, checksum = struct.unpack("<4sBBHIQQQ", data[:36])
        payload = data[36:36 + length]
        assert (magic, version, zero, len(payload)) == (b"CPAU", 1, 0, length)
        assert crc64(data[:28] + payload) == checksum
        yield kind, sequence, previous, checksum, payload
        data = data[36 + length:]


folder = sys.argv[1]
count, digest, last, link = 0, bytes(32), None, None
for name in sorted(n for n in os.listdir(folder) if n.startswith("audit-")):
    content = open(os.path.join(folder, name), "rb").read()
    for kind, sequence, previous, checksum, payload in frames(content):
        assert last is None or (sequence, previous) == (last + 1, link)
        if kind == 1:
            parts, stated, stated_digest, _ = struct.unpack("<IQ32sq", payload)
            assert parts == 0
            if last is None:
                assert int(name[6:], 16) == sequence
                count, digest = stated, stated_digest
            assert (count, digest) == (stated, stated_digest)
        else:
            for line in payload.decode().splitlines():
                stated, body = line.split(" ", 1)
                digest = hashlib.sha256(digest + body.encode()).digest()
                assert digest.hex() == stated
                count += 1
        last, link = sequence, checksum
print(count, digest.hex())
