"""Confirming: facilitators and hosts are asked before a schedule is announced; a no is repaired."""
