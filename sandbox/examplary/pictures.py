"""Small pictures as PNG files (PNG specification, third edition)."""

from __future__ import annotations

import struct
import zlib

from sandbox.examplary.drawings import Inside

SIZE = 160
COLOURS = {"red": (200, 40, 40), "green": (30, 130, 60), "blue": (40, 80, 190), "yellow": (225, 175, 20)}
_WHITE = (255, 255, 255)


def draw_picture(inside: Inside, colour: str) -> bytes:
    """Return a PNG of a shape in one of :data:`COLOURS`, 160 by 160 pixels, truecolour."""
    paint = COLOURS[colour]
    rows = (_row(inside, paint, (2 * line + 1) / SIZE - 1) for line in range(SIZE))
    header = struct.pack(">IIBBBBB", SIZE, SIZE, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(b"".join(rows))) + _END


def _row(inside: Inside, paint: tuple[int, int, int], y: float) -> bytes:
    dots = (paint if inside((2 * column + 1) / SIZE - 1, y) else _WHITE for column in range(SIZE))
    return b"\x00" + b"".join(bytes(dot) for dot in dots)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


_END = _chunk(b"IEND", b"")
