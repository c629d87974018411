"""Translations of the window's texts: one ``.ts`` file (for people) and one ``.qm`` file (for Qt) per language."""
