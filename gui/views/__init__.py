"""The panels of the window: each shows the session and knows no other panel."""
