"""Propositions: offers worked out from a needs call, answered by platforms, turned into requests."""
