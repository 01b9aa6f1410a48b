"""`make bench`: how fast the shipped code is, beside a floor measured in the same run on the same machine."""
