"""From a request to rows and files."""
