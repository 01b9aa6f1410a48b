"""Every test; what they share is imported from here by its full name."""
