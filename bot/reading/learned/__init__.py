"""The trained part of the ear: a small linear model that lets ordinary talk pass, and an encoder that decides."""
