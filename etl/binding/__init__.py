"""How words are bound to numbers, a module for each way; `etl.bind` calls them in order."""
