"""What the embedded servers raise when they cannot do their work."""


class EmbeddedError(Exception):
    """A server or process could not be started or stopped; the message says why and what to do."""
