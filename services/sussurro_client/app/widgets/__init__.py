"""Parts of screens. They speak upward by small messages and know no session."""
