"""Whether programs are to behave as with TensorFlow 2, which they never are."""


def enabled():
    """No."""
    return False
