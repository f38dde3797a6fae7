"""What the local servers raise when a person has to do something."""


class CannotStart(Exception):
    """A server could not be started. Its text is one plain sentence for whoever typed the command."""
