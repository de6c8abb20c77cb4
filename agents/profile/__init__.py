"""What is known of the taste of one user beyond a conversation: short statements, each with where it came from."""
