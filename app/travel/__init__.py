"""Travel: whether somebody can come: notice, borders, passports and visas; and what they need there."""
