"""What is true: tables, state rules and the store. Knows nothing of Slack, Claude, APScheduler or the current time."""
