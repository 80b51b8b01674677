"""Remarks in the code of converted functions."""

UNSPECIFIED = object()


def set_element_type(entity, dtype, shape=UNSPECIFIED):
    """Says what the elements of a list are. Lists of converted code find that out."""
    del entity, dtype, shape


def set_loop_options(parallel_iterations=UNSPECIFIED, back_prop=UNSPECIFIED, swap_memory=UNSPECIFIED,
                     maximum_iterations=UNSPECIFIED):
    """Options of the loop around; without effect, as in TensorFlow 1.15."""
    del parallel_iterations, back_prop, swap_memory, maximum_iterations
