"""What a cluster survives under load, proved by an account of every message."""
