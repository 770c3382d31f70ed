"""Documents as PDF: A4, our typeface, black on white, English or Kiswahili."""
