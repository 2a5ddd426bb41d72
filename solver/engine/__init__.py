"""How rounds are planned: see `README.md` beside this file."""
