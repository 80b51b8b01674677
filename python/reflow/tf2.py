"""Whether the program behaves as with TensorFlow 2: enable_v2_behavior says so."""

_is_enabled = False


def enable():
    """It does from now on."""
    global _is_enabled
    _is_enabled = True


def disable():
    """It does not from now on."""
    global _is_enabled
    _is_enabled = False


def enabled():
    """Whether it does."""
    return _is_enabled
