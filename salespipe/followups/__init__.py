"""Follow-ups: a calendar of reminders and e-mail drafts for every owner; nothing is ever sent."""

from salespipe.followups.write import Followups, OwnerFiles, write_followups

__all__ = ["Followups", "OwnerFiles", "write_followups"]
