"""Input functions of models that are served."""
import collections

from reflow.framework import dtypes, tensor_shape
from reflow.ops import array_ops, parsing_ops
from reflow.util import deprecation


class InputFnOps(collections.namedtuple('InputFnOps', ['features', 'labels', 'default_inputs'])):
    """The features and labels of a model, and the placeholders that they are computed from."""


@deprecation.deprecated(None, 'Please use tf.estimator.export.build_parsing_serving_input_receiver_fn.')
def build_parsing_serving_input_fn(feature_spec, default_batch_size=None):
    """An input_fn of features that are parsed from serialized Examples: a placeholder of [default_batch_size]."""
    def input_fn():
        examples = array_ops.placeholder(dtypes.string, [default_batch_size], name='input_example_tensor')
        return InputFnOps(parsing_ops.parse_example(examples, feature_spec), None, {'examples': examples})

    return input_fn


@deprecation.deprecated(None, 'Please use tf.estimator.export.build_raw_serving_input_receiver_fn.')
def build_default_serving_input_fn(features, default_batch_size=None):
    """An input_fn of a placeholder for each feature, of its type and shape but for the batch size."""
    def input_fn():
        placeholders = {}
        for name, tensor in features.items():
            shape = tensor_shape.TensorShape([default_batch_size] + tensor.get_shape().as_list()[1:])
            placeholders[name] = array_ops.placeholder(tensor.dtype, shape, name=tensor.op.name)
        return InputFnOps(placeholders, None, placeholders)

    return input_fn
