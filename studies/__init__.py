"""Questions that were answered once, each by a command; the documents have the answers."""
