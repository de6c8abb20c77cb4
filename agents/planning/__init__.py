"""From a reading of the message to typed tool calls, by a model or without one."""
