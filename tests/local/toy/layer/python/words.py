"""What the toy app's functions share."""


def polite(greeting: str, name: str) -> str:
    return f"{greeting}, {name}"
