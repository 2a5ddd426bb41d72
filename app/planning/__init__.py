"""Planning: a round is opened, gathers requests, is planned, and yields drafts to choose from."""
