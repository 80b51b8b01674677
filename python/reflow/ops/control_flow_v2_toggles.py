"""Which control flow programs build: ops that call functions (If, While), or Switch and Merge."""

from reflow import _core
from reflow.ops import control_flow_util


def enable_control_flow_v2():
    """Builds conds and loops as ops that call functions, as functions that are traced do anyway."""
    _core.enable_control_flow_v2(True)
    control_flow_util.ENABLE_CONTROL_FLOW_V2 = True


def disable_control_flow_v2():
    """Builds conds and loops of Switch and Merge outside of functions."""
    _core.enable_control_flow_v2(False)
    control_flow_util.ENABLE_CONTROL_FLOW_V2 = False


def control_flow_v2_enabled():
    """Whether conds and loops are built as ops that call functions in all graphs."""
    return _core.control_flow_v2_enabled()


def output_all_intermediates(state):
    """Whether conds and loops of functions give all that their gradients need: Reflow's do as it is needed."""
    del state
