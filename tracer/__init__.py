"""Recording, keeping, modelling, laying out, replaying and exporting autograd traces; headless, without Qt."""
