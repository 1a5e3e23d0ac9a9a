"""The use cases, one file per skill: plain functions over a unit of work that return frozen results."""
