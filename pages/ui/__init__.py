"""What every page shares: the frame, the state in the URL, text in two languages, figures and evidence."""
