"""The Jira sandbox: a stateful stand-in for Jira that demo, replay and tests use.

It is our reading of Jira's documentation, never a proof of what a real site does.
"""
