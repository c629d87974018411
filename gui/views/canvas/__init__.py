"""The graph canvas: one graphics object that paints a whole laid-out graph from arrays."""
