"""Reads symbols.txt, symbols_v2.txt and ops.txt. Nothing here imports what a name stands for."""

import os

_FOLDER = os.path.dirname(__file__)

_V2 = 'compat.v2'

_sections = {}  # public module -> its lines, not yet parsed
_v2_sections = {}  # the same of tensorflow.compat.v2
_symbols = {}   # public module -> {name: (implementation module, attribute)}
_missing_of_contrib = {}  # contrib.MODULE -> names
_op_words = {}  # generated module -> its words of ops.txt
_op_functions = {}  # generated module -> {function name: op type}
_renamed_arguments = {}  # op type -> {argument of the op: argument of the function}


def public_modules():
    """The public modules, `nn.rnn_cell` for tensorflow.nn.rnn_cell and the empty string for tensorflow itself."""
    if not _sections:
        _sections.update({'raw_ops': '', **_read_sections('symbols.txt')})  # at once: other threads look too
    return _sections.keys()


def v2_modules():
    """The public modules of tensorflow.compat.v2, itself among them."""
    if not _v2_sections:
        _v2_sections.update(_read_sections('symbols_v2.txt'))
    return _v2_sections.keys()


def _read_sections(file_name):
    with open(os.path.join(_FOLDER, file_name), encoding='utf-8') as file:
        text = file.read()
    sections = {}
    for section in text.split('\n[')[1:]:
        title, _, lines = section.partition(']')
        sections[title.partition('.')[2]] = lines
    return sections


def missing_of_contrib():
    """{contrib.MODULE: names that TensorFlow 1.15 has in it, and Reflow has not}"""
    if not _missing_of_contrib:
        found = {}
        with open(os.path.join(_FOLDER, 'contrib_missing.txt'), encoding='utf-8') as file:
            for line in file:
                module, _, names = line.partition(':')
                if not line.startswith('#'):
                    found.setdefault('contrib.' + module, set()).update(names.split())
        _missing_of_contrib.update(found)
    return _missing_of_contrib


def _is_v2(name):
    return name == _V2 or name.startswith(_V2 + '.')


def is_public_module(name):
    """Whether `name` (without tensorflow.) is a public module, or lies between one and the root."""
    return name in (v2_modules() if _is_v2(name) else public_modules()) or bool(submodules(name))


def submodules(module):
    """The names of the public modules directly below `module`."""
    prefix = module + '.' if module else ''
    modules = v2_modules() if _is_v2(module) else public_modules()
    return sorted({name[len(prefix):].partition('.')[0] for name in modules if name.startswith(prefix) and name})


def symbols(module):
    """{name: (implementation module, attribute)} of a public module; empty for one that only holds modules."""
    public_modules()
    if module not in _symbols:
        if module == 'raw_ops':
            _symbols[module] = _raw_ops()
        elif _is_v2(module):
            v2_modules()
            _symbols[module] = _parse(_v2_sections.get(module, ''), same=symbols(module[len(_V2) + 1:]))
        else:
            _symbols[module] = _parse(_sections.get(module, ''))
    return _symbols[module]


def _parse(lines, same=None):
    result = {}
    for line in lines.splitlines():
        implementation, _, names = line.partition(': ')
        if same is not None and implementation == 'tensorflow':
            result.update(same if names == '*' else {name: same[name] for name in names.split()})
            continue
        for word in names.split():
            name, _, attribute = word.partition('=')
            result[name] = (implementation, attribute or name)
    return result


def _raw_ops():
    return {_op_type(word): (module, _op_type(word)) for module, words in _words_of_op_modules().items()
            if not module.startswith(_NOT_RAW) for word in words}


# tf.raw_ops leaves out what TensorFlow keeps in libraries or modules of their own.
_NOT_RAW = ('contrib.', 'compiler.', 'ops.gen_clustering_ops', 'ops.gen_tensor_forest_ops')


def is_op_module(name):
    """Whether `name` is a generated module, `ops.gen_math_ops` for tensorflow.python.ops.gen_math_ops."""
    return name in _words_of_op_modules()


def op_functions(module):
    """{name of the function: op type} of a generated module."""
    if module not in _op_functions:
        _op_functions[module] = {function_name(word.partition('(')[0]): _op_type(word)
                                 for word in _words_of_op_modules()[module]}
    return _op_functions[module]


def renamed_arguments(op_type):
    """{argument of the op: argument of its Python function} where they differ."""
    if not _renamed_arguments:
        _renamed_arguments.update(
            (_op_type(word), dict(pair.split('=') for pair in word.partition('(')[2].rstrip(')').split(',')))
            for words in _words_of_op_modules().values() for word in words if '(' in word)
    return _renamed_arguments.get(op_type, {})


def _op_type(word):
    return word.partition('(')[0].lstrip('_')


def _words_of_op_modules():
    if not _op_words:
        modules = {}
        with open(os.path.join(_FOLDER, 'ops.txt'), encoding='utf-8') as file:
            for line in file:
                module, _, words = line.partition(': ')
                if not line.startswith('#'):
                    modules.setdefault(module, []).extend(words.split())
        _op_words.update(modules)
    return _op_words


def function_name(op_type):
    """`op_type` in snake case as TensorFlow writes it: Conv2DBackpropInput is conv2d_backprop_input."""
    pieces = []
    for i, char in enumerate(op_type):
        if char.isupper():
            before = op_type[i - 1] if i else '_'
            starts_word = i + 1 < len(op_type) and op_type[i + 1].islower()
            if before != '_' and (before.islower() or starts_word):
                pieces.append('_')
        pieces.append(char.lower())
    return ''.join(pieces)
