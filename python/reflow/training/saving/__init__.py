"""What savers save."""
