"""The dialogue acts of messages: the sentences they are learnt from, and the fit."""
