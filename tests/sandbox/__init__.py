"""The sandbox, tested with the real slack_sdk and the real Bolt."""
