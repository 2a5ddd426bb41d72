"""Forms of the network, by subject: they check shape, and turn what was typed into a service's details."""
