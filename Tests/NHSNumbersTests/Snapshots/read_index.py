"""Reads a snapshot of an index, from Documentation/Formats/Index.md alone, and writes its numbers in the order held."""

import struct
import sys

MASK = (1 << 64) - 1
FACTOR = 0x9FB21C651E98DF25


def step(lane, word):
    mixed = lane ^ word
    mixed = mixed << 23 & MASK | mixed >> 41
    return (mixed ^ mixed >> 29) * FACTOR & MASK


def checksum(data):
    lanes = [0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 0xD6E8FEB86659FD93]
    words = list(struct.unpack("<%dQ" % (len(data) // 8), data))
    words[4] = 0
    for place, word in enumerate(words):
        lanes[place % 4] = step(lanes[place % 4], word)
    value = 0
    for lane in lanes:
        value = step(value, lane)
    return (value ^ value >> 32) * FACTOR & MASK


def line(offset):
    return (offset + 63) // 64 * 64


def numbers(data):
    assert data[:8] == b"NHSNIDX\x8a", "magic"
    version, multiplier, count, c, g, zero, length, stated = struct.unpack_from("<IIIBBHQQ", data, 8)
    assert version == 1 and multiplier % 2 == 1 and multiplier < 1 << 30
    assert count <= 10**9 and 9 <= c <= 30 and 14 <= g <= 26 and zero == 0 and not any(data[40:64])
    starts_at = 64 + (1 << c) // 8
    remainders_at = line(starts_at + 4 * ((1 << g) + 1))
    end = remainders_at + 2 * count
    assert length == len(data) == line(end + 16), "length"
    assert stated == checksum(data), "checksum"
    starts = struct.unpack_from("<%dI" % ((1 << g) + 1), data, starts_at)
    assert starts[0] == 0 and starts[-1] == count and list(starts) == sorted(starts), "starts"
    remainders = struct.unpack_from("<%dH" % count, data, remainders_at)
    assert not any(data[end:]) and not any(data[starts_at + 4 * ((1 << g) + 1) : remainders_at]), "padding"

    inverse = pow(multiplier, -1, 1 << 30)
    bits = bytearray((1 << c) // 8)
    for group in range(1 << g):
        for position in range(starts[group], starts[group + 1]):
            low = remainders[position] % (1 << (30 - g))
            scrambled = group << (30 - g) | low
            payload = scrambled * inverse % (1 << 30)
            cell = scrambled >> (30 - c)
            bits[cell // 8] |= 1 << cell % 8
            if c > 22:
                second = (4 * scrambled * 0x9E3779B1 % (1 << 32)) >> 26
                bits[cell // 64 * 8 + second // 8] |= 1 << second % 8
            digits = [int(digit) for digit in "%09d" % payload]
            check = 11 - sum(d * w for d, w in zip(digits, range(10, 1, -1))) % 11
            assert scrambled % (1 << 16) == remainders[position] and check != 10
            yield "%09d%d" % (payload, check % 11)
    assert bits == data[64:starts_at], "bitmap"


if __name__ == "__main__":
    with open(sys.argv[1], "rb") as file:
        sys.stdout.write("".join(number + "\n" for number in numbers(file.read())))
