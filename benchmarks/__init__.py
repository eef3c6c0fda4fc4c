"""Figures about the relay that anyone can repeat; each module is one command."""
