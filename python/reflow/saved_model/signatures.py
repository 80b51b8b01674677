"""Which functions of an object are the signatures of its SavedModel, and the form that these have."""
import collections.abc

from reflow import _core
from reflow.eager import def_function
from reflow.eager import function as function_lib
from reflow.framework import tensor_spec
from reflow.saved_model import signature_constants
from reflow.util import compat, nest

DEFAULT_ATTRIBUTE = '_default_save_signature'
ATTRIBUTE = 'signatures'


def _concrete(function):
    """The ConcreteFunction that a signature is made of; None: it takes anything, or is no function."""
    if isinstance(function, def_function.BoundFunction):
        function = function._function
    if isinstance(function, def_function.Function) and function.input_signature is not None:
        function = function.get_concrete_function()
    return function if isinstance(function, function_lib.ConcreteFunction) else None


def only_function(functions):
    """The function to export where none is named: the object's own choice, or the only one that can be; else None."""
    if DEFAULT_ATTRIBUTE in functions:
        return functions[DEFAULT_ATTRIBUTE]
    possible = [concrete for concrete in map(_concrete, functions.values()) if concrete is not None and _is_possible(concrete)]
    return possible[0] if len(possible) == 1 else None


def _is_possible(concrete):
    if not concrete.outputs:
        return False
    try:
        _named_outputs(concrete.structured_outputs, 'unused', 'unused')
    except ValueError:
        return False
    return True


def canonical(signatures):
    """{key: ConcreteFunction of named tensors that gives a dictionary}. ValueError: what can't be one."""
    if signatures is None:
        return {}
    if not isinstance(signatures, collections.abc.Mapping):
        signatures = {signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY: signatures}
    return {key: _canonical_function(key, function) for key, function in signatures.items()}


def _canonical_function(key, function):
    concrete = _concrete(function)
    if concrete is None:
        raise ValueError('Expected a TensorFlow function to generate a signature for, but got {}. Only `tf.functions` with an '
                         'input signature or concrete functions can be used as a signature.'.format(function))

    def signature_wrapper(**kwargs):
        return _named_outputs(concrete(**kwargs), concrete.name, key)
    specs = {keyword: tensor_spec.TensorSpec(tensor.shape, tensor.dtype, keyword)
             for keyword, tensor in zip(concrete._arg_keywords, concrete.inputs)}
    wrapped = def_function.function(signature_wrapper, autograph=False).get_concrete_function(**specs)
    # A signature's arguments have no order: only one that stands alone may go without its name.
    wrapped._num_positional_args = 1 if len(specs) == 1 else 0
    return wrapped


def _named_outputs(outputs, function_name, key):
    if isinstance(outputs, collections.abc.Mapping):
        for name, value in outputs.items():
            if not isinstance(value, _core.Tensor):
                raise ValueError(
                    'Got a dictionary containing non-Tensor value {} for key {} in the output of the function {} used to '
                    'generate a SavedModel signature. Dictionaries outputs for functions used as signatures should have one '
                    'Tensor output per string key.'.format(value, name, compat.as_str_any(function_name)))
        return outputs
    flat = outputs if isinstance(outputs, collections.abc.Sequence) else [outputs]
    if any(nest.is_sequence(each) for each in flat):
        raise ValueError(
            "Got non-flat outputs '{}' from '{}' for SavedModel signature '{}'. Signatures have one Tensor per output, so to "
            'have predictable names Python functions used to generate these signatures should avoid outputting Tensors in '
            'nested structures.'.format(outputs, compat.as_str_any(function_name), key))
    return {'output_%d' % i: each for i, each in enumerate(flat)}
