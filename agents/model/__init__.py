"""Chat models behind one small protocol: the client, what a server takes, and what it sends back."""
