"""What people can ask: one file per command. A new file here is a new `/pm` subcommand, everywhere."""
