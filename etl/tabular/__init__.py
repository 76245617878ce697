"""Tables of every shape: what stands in their cells and heads, how their lines come together, and the rows that they say."""
