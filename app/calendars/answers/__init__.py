"""Answers that come by mail: read, matched, landed where a tap on the link would, or kept aside."""
