"""The network: organisations, people, places, topics and groups; import and export."""
