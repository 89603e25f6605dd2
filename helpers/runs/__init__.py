"""Runs and their logs: the log's form, the programs that write one (Java, Swift, Python), and what it sums up to."""
