"""What every app stands on and no business word in it."""
