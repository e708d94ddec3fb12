"""Speed: of the library, and side by side with others. ``make bench`` runs the tests among them."""
