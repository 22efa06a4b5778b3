"""Whether figures can be true (S15: 实事求是): rules that ask, with their arithmetic, and never punish."""

from bot.rules.truth.figures import STANDING, doubts
from bot.rules.truth.photos import Photo, Seen, photo_doubts
from bot.rules.truth.sampling import draw
from bot.rules.truth.values import Claim, Known, OpenMilestone, Told, TruthPolicy

__all__ = [
    "STANDING", "Claim", "Known", "OpenMilestone", "Photo", "Seen", "Told", "TruthPolicy", "doubts", "draw", "photo_doubts"
]  # fmt: skip
