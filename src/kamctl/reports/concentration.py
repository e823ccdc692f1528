"""How much hangs on few deals: the share of the largest, of the few largest, and the effective number of deals."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

HUNDRED = Decimal(100)


class Concentration(NamedTuple):
    """Shares of the sum of `n` amounts, in percent; None when there is nothing to share.

    `largest` are the ids of the `top` largest, the largest first. `herfindahl` is the sum of the squared shares, from
    near 0 to 1; its inverse, `effective`, is how many deals of equal size would be as concentrated.
    """

    n: int
    total: Decimal
    largest: tuple[str, ...]
    largest_share: Decimal | None
    top_share: Decimal | None
    herfindahl: Decimal | None
    effective: Decimal | None


def concentration(amounts: Iterable[tuple[str, Decimal]], top: int) -> Concentration:
    """Return how concentrated some amounts are; those that are not above 0 do not count."""
    found = sorted(((value, name) for name, value in amounts if value > 0), key=lambda pair: (-pair[0], pair[1]))
    total = sum((value for value, _ in found), Decimal(0))
    if not found:
        return Concentration(0, total, (), None, None, None, None)
    shares = [value / total for value, _ in found]
    herfindahl = sum((share * share for share in shares), Decimal(0))
    return Concentration(
        len(found),
        total,
        tuple(name for _, name in found[:top]),
        HUNDRED * shares[0],
        HUNDRED * sum(shares[:top], Decimal(0)),
        herfindahl,
        1 / herfindahl,
    )
