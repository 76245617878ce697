"""Coverage-guided fuzzing of the readers and of the text layer: `make fuzz`."""
