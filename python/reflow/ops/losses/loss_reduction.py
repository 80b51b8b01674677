"""How losses of elements become one."""

from reflow.keras.utils.losses_utils import ReductionV2  # noqa: F401
