"""A sample that can be shown to be fair: who is drawn follows from the seed, the weights and nothing else."""

from collections.abc import Mapping
from hashlib import sha256
from math import log


def draw(seed: int, weights: Mapping[int, int], size: int) -> list[int]:
    """`size` of the weighted numbers, without putting any back (Efraimidis and Spirakis): each number's lot is −ln(u) / weight, with u
    from SHA-256 of "seed:number"; the smallest lots are drawn. Weight 0 or less: never drawn."""
    lots = sorted((_lot(seed, number) / weight, number) for number, weight in weights.items() if weight > 0)
    return [number for _, number in lots[:size]]


def _lot(seed: int, number: int) -> float:
    digest = sha256(f"{seed}:{number}".encode()).digest()
    return -log((int.from_bytes(digest[:7], "big") + 1) / 2**56)
