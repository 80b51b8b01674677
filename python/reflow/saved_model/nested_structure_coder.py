"""Nested structures as StructuredValue messages, by the names that libraries use."""
from reflow.saved_model import structured_values


class NotEncodableError(Exception):
    """Raised for a value that has no message, and for a message of an unknown value."""


class StructureCoder:
    """Encodes and decodes lists, tuples, dicts, numbers, strings, shapes, types and TensorSpecs."""

    def encode_structure(self, nested_structure):
        """The message of a structure."""
        return _run(structured_values.encode, nested_structure)

    def can_encode(self, nested_structure):
        """Whether it has one."""
        try:
            self.encode_structure(nested_structure)
        except NotEncodableError:
            return False
        return True

    def decode_proto(self, proto):
        """The structure of a message."""
        return _run(structured_values.decode, proto)


def _run(function, value):
    try:
        return function(value)
    except NotImplementedError as error:
        raise NotEncodableError(str(error)) from None
