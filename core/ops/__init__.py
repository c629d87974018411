"""The operators, one family per file: forward kernels with their derivatives beside them."""
