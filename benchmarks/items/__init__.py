"""The items of the report: each measures one thing that was promised, beside its bar."""
