"""The queue of rows: from waiting to an ending."""
