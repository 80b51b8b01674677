"""The signatures of a SavedModel's object: what others call it by."""
import collections.abc

from reflow.eager import def_function
from reflow.eager import function as function_lib
from reflow.training.tracking import base


class SignatureMap(collections.abc.Mapping, base.Trackable):
    """{key: ConcreteFunction that gives a dictionary of tensors}."""

    _object_identifier = 'signature_map'

    def __init__(self):
        self._signatures = {}

    def _add_signature(self, name, concrete_function):
        self._signatures[name] = concrete_function

    def __getitem__(self, key):
        return self._signatures[key]

    def __iter__(self):
        return iter(self._signatures)

    def __len__(self):
        return len(self._signatures)

    def __repr__(self):
        return '_SignatureMap({})'.format(self._signatures)

    def _list_functions_for_serialization(self, serialization_cache):
        del serialization_cache
        return {key: value for key, value in self.items()
                if isinstance(value, (def_function.Function, function_lib.ConcreteFunction))}
