"""What several snippets need; plain Python, so that it is the same on both sides."""


def attempt(call):
    """Run ``call`` and print what came of it: the exception's type and text, or the result."""
    try:
        result = call()
    except Exception as error:  # noqa: BLE001  (any exception at all is what is to be compared)
        print(f"{type(error).__name__}: {error}")
    else:
        print("no error:", result)
