"""Text moderation by the program `moderate`, which this package carries.

    from swift_moderation import Moderator

    with Moderator() as moderator:
        verdict, = moderator.moderate(["you are an idiot"])
        verdict["flagged"], verdict["labels"]["insult"]["score"]

A `Moderator` keeps one child process. Nothing of it is in this process: forks and threads are safe.
"""

from ._moderator import Encoder, ModerationError, Moderator, Verdict

__all__ = ["Encoder", "ModerationError", "Moderator", "Verdict"]
