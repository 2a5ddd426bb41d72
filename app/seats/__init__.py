"""The seats of sessions in force: given up, offered to the next in order, accepted."""
