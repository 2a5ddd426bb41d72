"""Mail: rendered in the reader's language, kept in an outbox, sent with retries."""
