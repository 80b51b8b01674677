"""TensorFlow's protocol buffers as messages of the protobuf package.

They come from one serialized FileDescriptorSet, `reflow.descriptors` beside the package, and live in a descriptor pool
of their own: in protobuf's default pool the same files of a real TensorFlow in the same process would collide with
them. protobuf is imported when the first message is asked for, and a file is added to the pool when it is needed.
"""
import os
import threading
import types

DESCRIPTOR_SET = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'reflow.descriptors')

# Wire type and field numbers of google/protobuf/descriptor.proto.
_LENGTH_DELIMITED = 2
_NAME_OF_FILE, _PACKAGE_OF_FILE, _DEPENDENCY_OF_FILE = 1, 2, 3
_MESSAGE_OF_FILE, _ENUM_OF_FILE, _NAME_OF_SYMBOL = 4, 5, 1

_serialized_files = None  # file name -> (bytes of its FileDescriptorProto, names of the files it imports)
_pool = None
_in_pool = set()
_files_of_symbols = None  # full name of a top-level message or enum -> file name
_classes = {}
_modules = {}
_lock = threading.RLock()  # of all of them


def _varint(data, position):
    value = shift = 0
    while True:
        byte = data[position]
        position += 1
        value |= (byte & 0x7f) << shift
        if byte < 0x80:
            return value, position
        shift += 7


def _submessages(data):
    """Yields number and bytes of the length-delimited fields of a serialized message; descriptors have few others."""
    position = 0
    while position < len(data):
        tag, position = _varint(data, position)
        length, position = _varint(data, position)
        if tag & 7 == _LENGTH_DELIMITED:
            yield tag >> 3, data[position:position + length]
            position += length


def _files():
    global _serialized_files
    if _serialized_files is None:
        try:
            with open(DESCRIPTOR_SET, 'rb') as file:
                data = file.read()
        except FileNotFoundError:
            raise ImportError('%s is missing: this installation of reflow is not complete' % DESCRIPTOR_SET)
        files = {}
        for _, serialized in _submessages(data):
            fields = list(_submessages(serialized))
            name = next(value.decode() for number, value in fields if number == _NAME_OF_FILE)
            files[name] = serialized, [value.decode() for number, value in fields if number == _DEPENDENCY_OF_FILE]
        _serialized_files = files
    return _serialized_files


def _symbols():
    """The file of each top-level message and enum."""
    global _files_of_symbols
    if _files_of_symbols is None:
        symbols = {}
        for file_name, (serialized, _) in _files().items():
            fields = list(_submessages(serialized))
            package = next((value.decode() + '.' for number, value in fields if number == _PACKAGE_OF_FILE), '')
            for number, value in fields:
                if number in (_MESSAGE_OF_FILE, _ENUM_OF_FILE):
                    symbols[package + dict(_submessages(value))[_NAME_OF_SYMBOL].decode()] = file_name
        _files_of_symbols = symbols
    return _files_of_symbols


def _file_descriptor(file_name):
    global _pool
    with _lock:
        if _pool is None:
            from google.protobuf import descriptor_pool
            _pool = descriptor_pool.DescriptorPool()

    def add(name):
        if name not in _in_pool:
            serialized, dependencies = _files()[name]
            for dependency in dependencies:
                add(dependency)
            _pool.AddSerializedFile(serialized)
            _in_pool.add(name)

    with _lock:
        add(file_name)
        return _pool.FindFileByName(file_name)


def _message_class(descriptor):
    from google.protobuf import message_factory
    message_class = message_factory.GetMessageClass(descriptor)
    message_class.__module__ = _module_name(descriptor.file.name)  # as it is printed, and where pickle finds it
    return message_class


def message(full_name):
    """The class of the message `full_name`, such as 'tensorflow.GraphDef'. Raises KeyError if there is none."""
    if full_name not in _classes:
        with _lock:
            _classes.setdefault(full_name, _find_message(full_name))
    return _classes[full_name]


def _find_message(full_name):
    outermost = full_name
    while outermost not in _symbols():
        outermost, dot, _ = outermost.rpartition('.')
        if not dot:
            raise KeyError('No message %s in the protocol buffers of TensorFlow' % full_name)
    _file_descriptor(_symbols()[outermost])
    return _message_class(_pool.FindMessageTypeByName(full_name))


def to_text(proto):
    """A message in text format. What an Any holds is written out where its message is one of TensorFlow's."""
    from google.protobuf import text_format
    return text_format.MessageToString(proto, descriptor_pool=_pool)


def merge_text(text, proto):
    """Reads text format into a message. text_format.ParseError: it is none, or of another message."""
    from google.protobuf import text_format
    text_format.Merge(text, proto, descriptor_pool=_pool)


def _module_name(file_name):
    return file_name[:-len('.proto')].replace('/', '.') + '_pb2'


def module_names():
    """The names of all modules of messages: 'tensorflow.core.framework.graph_pb2' and its sisters."""
    return [_module_name(name) for name in _files() if name.startswith('tensorflow/')]


def is_module_name(name):
    """Whether `name` may be a module of messages; says nothing about whether it exists, and reads no file."""
    return name.startswith('tensorflow.') and name.endswith('_pb2')


def module(name):
    """The module `name`, such as 'tensorflow.core.framework.graph_pb2', as protoc would have written it.

    It is filled when the first of its names is asked for. Raises ImportError if there is no such module.
    """
    if name not in _modules:
        file_name = name[:-len('_pb2')].replace('.', '/') + '.proto'
        if not is_module_name(name) or file_name not in _files():
            raise ModuleNotFoundError('No module named %r' % name, name=name)
        _modules[name] = _lazy_module(name, file_name)
    return _modules[name]


def _lazy_module(name, file_name):
    made = types.ModuleType(name, 'The messages and enums of %s.' % file_name)

    def fill():
        if 'DESCRIPTOR' not in made.__dict__:
            made.__dict__.update(_contents(_file_descriptor(file_name)))

    def get(attribute):
        # What the import system asks for is not worth loading protobuf.
        if not attribute.startswith('__'):
            fill()
        try:
            return made.__dict__[attribute]
        except KeyError:
            raise AttributeError('module %r has no attribute %r' % (name, attribute)) from None

    def listed():
        fill()
        return sorted(made.__dict__)

    made.__getattr__ = get
    made.__dir__ = listed
    return made


def _contents(file_descriptor):
    """The names of a module of messages."""
    from google.protobuf.internal import enum_type_wrapper
    contents = {'DESCRIPTOR': file_descriptor}
    for name, descriptor in file_descriptor.message_types_by_name.items():
        contents[name] = _message_class(descriptor)
        contents['_' + name.upper()] = descriptor
    for name, descriptor in file_descriptor.enum_types_by_name.items():
        contents[name] = enum_type_wrapper.EnumTypeWrapper(descriptor)
        contents['_' + name.upper()] = descriptor
        contents.update((value.name, value.number) for value in descriptor.values)
    for name, descriptor in file_descriptor.extensions_by_name.items():
        contents[name] = descriptor
        contents[name.upper() + '_FIELD_NUMBER'] = descriptor.number
    return contents
