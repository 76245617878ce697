"""Office files as other programs see them: what is made of every kind of view, LibreOffice, and how its pages look."""
