"""Text -> findings: sentences, rules, deadlines, names, and one verifier for every reader."""
