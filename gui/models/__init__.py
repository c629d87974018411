"""Thin Qt item models over the columns of a trace."""
