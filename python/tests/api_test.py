"""All of the public API that is present against TensorFlow 1.15's: names, arguments and defaults."""
import inspect

import golden_api
import pytest

from reflow.names import public, table


def argspec(function):
    """A function's arguments as the golden files write them. TypeError: Python can't tell."""
    spec = inspect.getfullargspec(inspect.unwrap(function))
    if inspect.isclass(function):
        spec = spec._replace(args=spec.args[1:])  # one that stands for a function
    if spec.defaults:
        defaults = [f"{str(each).split(' at ')[0]} instance>" if ' at 0x' in str(each) else str(each)
                    for each in spec.defaults]
        defaults = [each.replace("<class 'reflow.", "<class 'tensorflow.python.") for each in defaults]
    else:
        defaults = None
    return f'args={spec.args}, varargs={spec.varargs}, keywords={spec.varkw}, defaults={defaults}'


def inner(path):
    return path.partition('.')[2]


# `adaptative` is False in the op's definition, from which wrappers are made, and True in TensorFlow's for Python, which
# also spells it in two ways.
KNOWN_DIFFERENCES = {'tensorflow.raw_ops.SdcaOptimizer', 'tensorflow.raw_ops.SdcaOptimizerV2',
                     'tensorflow.train.sdca_optimizer'}


def differences(owner, golden, functions):
    """Lines for the functions that are not as the golden says."""
    lines = []
    for name, expected in functions.items():
        found = argspec(getattr(owner, name))
        if expected and (found != expected) != (f'{golden.path}.{name}' in KNOWN_DIFFERENCES):
            lines.append(f'{golden.path}.{name}\n  is {found}\n  TF {expected}')
    return lines


def test_the_table_has_all_names_of_the_golden_modules():
    lacking = []
    for golden in golden_api.modules():
        module = inner(golden.path)
        known = {*table.symbols(module), *table.submodules(module), 'v1', 'v2'}
        lacking += [f'{golden.path}.{name}' for name in [*golden.members, *golden.functions] if name not in known]
    assert not lacking


@pytest.mark.parametrize('golden', golden_api.modules(), ids=lambda golden: golden.path)
def test_functions_of_modules(golden):
    module = inner(golden.path)
    present = {name: spec for name, spec in golden.functions.items() if public.has(module, name)}
    owner = type('Module', (), {name: staticmethod(public.resolve(module, name)) for name in present})
    assert not differences(owner, golden, present)


def present_classes():
    return [golden for golden in golden_api.classes() if public.has(*inner(golden.path).rpartition('.')[::2])]


@pytest.mark.parametrize('golden', present_classes(), ids=lambda golden: golden.path)
def test_methods_of_classes(golden):
    module, _, name = inner(golden.path).rpartition('.')
    cls = public.resolve(module, name)
    present = {name: spec for name, spec in golden.functions.items() if spec and hasattr(cls, name)}
    assert not differences(cls, golden, present)
