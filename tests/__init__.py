"""What shows that the platform keeps its promises."""
