"""Lists of converted functions, which are the graph's where they begin empty: with Feature.LISTS only."""

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_util
from reflow.ops import array_ops
from reflow.ops import control_flow_ops
from reflow.ops import gen_list_ops
from reflow.ops import tensor_array_ops


def new_list(elements):
    """A list of the graph if there are no elements, else Python's."""
    if elements:
        return elements
    return gen_list_ops.empty_tensor_list(element_shape=ops.convert_to_tensor(-1), max_num_elements=ops.convert_to_tensor(-1),
                                          element_dtype=dtypes.variant)


def list_append(target, element):
    """The list with one element more."""
    if isinstance(target, tensor_array_ops.TensorArray):
        return target.write(target.size(), element)
    if not tensor_util.is_tensor(target):
        target.append(element)
        return target
    if target.dtype != dtypes.variant:
        raise ValueError('tensor lists are expected to be Tensors with dtype=tf.variant, instead found %s' % target)
    element = ops.convert_to_tensor(element)

    def empty():
        return gen_list_ops.empty_tensor_list(element_shape=array_ops.shape(element),
                                              max_num_elements=ops.convert_to_tensor(-1), element_dtype=element.dtype)
    # What an empty list holds shows when its first element comes.
    target = control_flow_ops.cond(gen_list_ops.tensor_list_length(target) > 0, lambda: target, empty)
    return gen_list_ops.tensor_list_push_back(target, element)


def list_stack(target, stack):
    """The elements as one tensor; `stack`, if they are no list of the graph."""
    if isinstance(target, tensor_array_ops.TensorArray):
        return target.stack()
    if not tensor_util.is_tensor(target):
        return stack(target)
    if target.dtype == dtypes.variant:
        raise ValueError('cannot stack a list without knowing its element type; use set_element_type to annotate it')
    return target
