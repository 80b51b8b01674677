"""Which control flow programs build: that of TensorFlow 1, with Switch and Merge."""


def enable_control_flow_v2():
    """Reflow builds conds and loops as TensorFlow 1 does: there is no other way to switch to yet."""
    raise NotImplementedError('Reflow has no control flow of functions (enable_control_flow_v2) yet')


def disable_control_flow_v2():
    """Builds conds and loops as TensorFlow 1 does, which is the way anyway."""


def control_flow_v2_enabled():
    """Whether conds and loops are built of functions."""
    return False


def output_all_intermediates(state):
    """Whether conds and loops of functions give all that their gradients need: Reflow's do as it is needed."""
    del state
