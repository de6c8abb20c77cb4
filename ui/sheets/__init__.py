"""Plain pages beside the chat, without scripts: each stands alone, and the chat lays it over itself as a sheet."""
