"""What members need to learn and could teach: calls, the answers of platforms, and what they share."""
