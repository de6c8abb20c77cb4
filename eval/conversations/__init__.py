"""Scripted conversations that assert state: the ledger, the slate, the question; never prose."""
