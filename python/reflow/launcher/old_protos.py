"""Modules `*_pb2` that protoc before 3.19 wrote. They write each descriptor out, which today's protobuf refuses.

What they write out is once more in the serialized file that they begin with, and of this the messages are made then.
"""

from importlib.util import find_spec


class OldProtos:
    """The finder that lets those behind it look for such modules, for sys.meta_path."""

    def __init__(self):
        self._looking_for = set()

    def find_spec(self, fullname, path=None, target=None):
        if (not fullname.endswith('_pb2') or fullname.startswith(('reflow.', 'tensorflow.'))
                or fullname in self._looking_for):
            return None
        self._looking_for.add(fullname)
        try:
            spec = find_spec(fullname)
        finally:
            self._looking_for.remove(fullname)
        if spec is not None and hasattr(spec.loader, 'exec_module'):
            spec.loader = _Loader(spec.loader)
        return spec


class _Loader:

    def __init__(self, loader):
        self._loader = loader

    def __getattr__(self, name):
        return getattr(self._loader, name)

    def exec_module(self, module):
        try:
            self._loader.exec_module(module)
        except TypeError as error:
            if not str(error).startswith('Descriptors cannot be created directly'):
                raise
            _build(module)


def _build(module):
    """Gives `module` what it would have made of its DESCRIPTOR."""
    from google.protobuf.internal import builder
    builder.BuildMessageAndEnumDescriptors(module.DESCRIPTOR, vars(module))
    builder.BuildTopDescriptorsAndMessages(module.DESCRIPTOR, module.__name__, vars(module))
