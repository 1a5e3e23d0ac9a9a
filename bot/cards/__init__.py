"""Results -> Block Kit: pure functions. A `Card` that exists obeys every limit Slack sets."""
