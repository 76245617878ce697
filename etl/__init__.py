"""From plan documents to the `indicators` table: read, clean, segment, find quantities, bind, normalise, validate, load."""
