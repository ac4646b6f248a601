"""One root for every error of ours, so that a caller can tell our refusals from a bug."""


class MailwardenError(Exception):
    """Something that Mailwarden foresaw; the message says what happened, where, and what to do."""
