"""Errors meant for the user's eyes: every message names the cause and the remedy.

CiceroneError
├── InputError        a message, file or argument we cannot use
│   ├── FilterError   a filter naming no field, or a value its field cannot take
│   ├── Conflict      a change to something that has changed meanwhile
│   └── NotFound      an item or conversation that does not exist, or is someone else's
├── SettingsError     a setting that is wrong or missing
├── CatalogError      a catalogue file we refuse to load
├── BundleError       a bundle that is missing, damaged or built by something else
├── StateError        people's data cannot be read or kept just now
├── Busy              more turns run and wait than the server takes
│   └── Stopping      the server is about to stop
├── ToolError         a tool call that failed; the turn goes on without it
└── ModelError        the language model, or the one that embeds, did not give a usable answer
    ├── ModelUnavailable   no connection, a time-out, a 429 or a 5xx
    └── ModelNonsense      an answer that does not parse or check, after one repair

Errors of other libraries pass through unwrapped, except where one of these says more to the user.
"""


class CiceroneError(Exception):
    """Base of every error whose message is shown to the user as it is."""


class InputError(CiceroneError):
    """A message, file or argument we cannot use."""


class FilterError(InputError):
    """A filter that names no field, or a value or operator its field cannot take."""


class Conflict(InputError):
    """A change to something that has changed meanwhile."""


class NotFound(InputError):
    """An item or conversation that does not exist, or is someone else's."""


class SettingsError(CiceroneError):
    """A setting that is wrong or missing."""


class CatalogError(CiceroneError):
    """A catalogue file we refuse to load."""


class BundleError(CiceroneError):
    """A bundle that is missing, damaged, or built with another embedder."""


class StateError(CiceroneError):
    """People's data cannot be read or kept just now."""


class ToolError(CiceroneError):
    """A tool call that failed; the turn goes on without its list."""


class Busy(CiceroneError):
    """More turns run and wait than the server takes; `retry_after_s` says when to ask again."""

    def __init__(self, message: str, retry_after_s: int = 1) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class Stopping(Busy):
    """The server is about to stop."""


class ModelError(CiceroneError):
    """The language model, or the one that embeds, did not give a usable answer."""


class ModelUnavailable(ModelError):
    """No connection, a time-out, a 429 or a 5xx."""


class ModelNonsense(ModelError):
    """An answer that does not parse or check, after one repair."""
