"""Files people have -> plain frozen values: the partner book, and Slack exports. Nothing is written here."""
