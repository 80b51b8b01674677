"""Functions as the messages that SavedModels of objects keep of them."""
import inspect

from reflow.eager import def_function
from reflow.saved_model import structured_values
from reflow.util import compat


def traces_of(function):
    """The ConcreteFunctions of a function."""
    return function._list_all_concrete_functions_for_serialization() if isinstance(
        function, def_function.Function) else [function]


def write_function(function, node):
    """Writes a function, or a trace that stands by itself, into a SavedObject."""
    if not isinstance(function, def_function.Function):
        message = node.bare_concrete_function
        message.concrete_function_name = compat.as_str(function.name)
        message.argument_keywords.extend(function._arg_keywords)
        message.allowed_positional_arguments = function._num_positional_args
        message.SetInParent()
        return
    message = node.function
    message.concrete_functions.extend(compat.as_str(each.name) for each in traces_of(function))
    message.function_spec.fullargspec.CopyFrom(structured_values.encode(_arg_spec(function)))
    message.function_spec.input_signature.CopyFrom(structured_values.encode(function.input_signature))


def _arg_spec(function):
    """The FullArgSpec of a function; that of a method has no `self`."""
    spec = getattr(function, '_arg_spec', None)
    if spec is not None:
        return spec
    args, varargs, varkw, defaults, kwonly, kwonly_defaults = [], None, None, [], [], {}
    for name, each in function.function_spec.parameters.items():
        has_default = each.default is not inspect.Parameter.empty
        if each.kind == inspect.Parameter.VAR_POSITIONAL:
            varargs = name
        elif each.kind == inspect.Parameter.VAR_KEYWORD:
            varkw = name
        elif each.kind == inspect.Parameter.KEYWORD_ONLY:
            kwonly.append(name)
            if has_default:
                kwonly_defaults[name] = each.default
        else:
            args.append(name)
            if has_default:
                defaults.append(each.default)
    return inspect.FullArgSpec(args, varargs, varkw, tuple(defaults) or None, kwonly, kwonly_defaults or None, {})


def keyword_defaults(function):
    """The defaults of a function's arguments that have only names."""
    return _arg_spec(function).kwonlydefaults or {} if isinstance(function, def_function.Function) else {}


def write_trace(concrete, captures, defaults, message):
    """Writes a ConcreteFunction into a SavedConcreteFunction.

    captures: the numbers of what it captures. defaults: those that aren't written, as TensorFlow 1.15 calls without them.
    """
    message.bound_inputs.extend(captures)
    args, kwargs = concrete.structured_input_signature
    kwargs = {name: value for name, value in kwargs.items() if not (name in defaults and _is_same(value, defaults[name]))}
    message.canonicalized_input_signature.CopyFrom(structured_values.encode((args, kwargs)))
    message.output_signature.CopyFrom(structured_values.encode(concrete.structured_outputs))


def _is_same(value, default):
    return type(value) is type(default) and value == default
