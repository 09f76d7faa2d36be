"""A text that was recognized, as a document of its own: text, Markdown, hOCR, searchable PDF."""
