"""Hyperparameters by name, each of the type that it was made with."""

import json
import numbers
import re

from reflow.util import deprecation

__all__ = ['HParams', 'parse_values']

_ASSIGNMENT = re.compile(r'(?P<name>[a-zA-Z][\w.]*)(\[\s*(?P<index>\d+)\s*\])?\s*=\s*((?P<val>[^,\[]*)|\[(?P<vals>[^\]]*)\])'
                         r'($|,\s*)')


def _fail(name, kind, value, values):
    raise ValueError("Could not parse hparam '%s' of type '%s' with value '%s' in %s" % (name, kind.__name__, value, values))


def _assigned_twice(name, values):
    raise ValueError("Multiple assignments to variable '%s' in %s" % (name, values))


def _parse_bool(text):
    if text in ('true', 'True', 'false', 'False'):
        return text in ('true', 'True')
    return bool(int(text))


def parse_values(values, type_map, ignore_unknown=False):
    """{name: value} of 'name=value,list=[1,2],list[3]=4', by the types in `type_map`."""
    result, pos = {}, 0
    while pos < len(values):
        match = _ASSIGNMENT.match(values, pos)
        if not match:
            raise ValueError('Malformed hyperparameter value: %s' % values[pos:])
        pos = match.end()
        name, index, value, elements = match.group('name', 'index', 'val', 'vals')
        if name not in type_map:
            if ignore_unknown:
                continue
            raise ValueError('Unknown hyperparameter type for %s' % name)
        kind = type_map[name]
        parse = _parse_bool if kind == bool else kind
        try:
            if value is None:
                parsed = [parse(element) for element in re.split('[ ,]', elements) if element]
            else:
                parsed = parse(value)
        except ValueError:
            _fail(name, kind, elements if value is None else value, values)
        if index is None:
            if name in result:
                _assigned_twice(name, values)
            result[name] = parsed
            continue
        if value is None:
            raise ValueError('Assignment of a list to a list index.')
        if not isinstance(result.setdefault(name, {}), dict):
            _assigned_twice(name, values)
        if int(index) in result[name]:
            _assigned_twice('%s[%s]' % (name, index), values)
        result[name][int(index)] = parsed
    return result


def _cast(name, kind, value):
    """`value` as `kind`. ValueError: it would change."""
    if type(value) is kind or issubclass(kind, type(None)):
        return value
    text = issubclass(kind, (str, bytes)) and not isinstance(value, (str, bytes))
    boolean = issubclass(kind, bool) != isinstance(value, bool)
    integer = issubclass(kind, numbers.Integral) and not isinstance(value, numbers.Integral)
    number = issubclass(kind, numbers.Number) and not isinstance(value, numbers.Number)
    if text or boolean or integer or number:
        raise ValueError("Could not cast hparam '%s' of type '%s' from value %r" % (name, kind, value))
    return kind(value)


class HParams:
    """Hyperparameters as attributes. What is a list stays one, and types stay as they were."""

    _HAS_DYNAMIC_ATTRIBUTES = True

    def __init__(self, hparam_def=None, model_structure=None, **kwargs):
        self._hparam_types = {}
        self._model_structure = model_structure
        if hparam_def and kwargs:
            raise ValueError('hparam_def and initialization values are mutually exclusive')
        for name, value in (_from_proto(hparam_def) if hparam_def else kwargs).items():
            self.add_hparam(name, value)

    def add_hparam(self, name, value):
        """Adds one. ValueError: there is such an attribute."""
        if getattr(self, name, None) is not None:
            raise ValueError('Hyperparameter name is reserved: %s' % name)
        if isinstance(value, (list, tuple)):
            if not value:
                raise ValueError('Multi-valued hyperparameters cannot be empty: %s' % name)
            self._hparam_types[name] = type(value[0]), True
        else:
            self._hparam_types[name] = type(value), False
        setattr(self, name, value)

    def set_hparam(self, name, value):
        """Changes one. ValueError: `value` has another type."""
        kind, is_list = self._hparam_types[name]
        if isinstance(value, list):
            if not is_list:
                raise ValueError('Must not pass a list for single-valued parameter: %s' % name)
            setattr(self, name, [_cast(name, kind, each) for each in value])
        elif is_list:
            raise ValueError('Must pass a list for multi-valued parameter: %s.' % name)
        else:
            setattr(self, name, _cast(name, kind, value))

    def del_hparam(self, name):
        """Removes one, if it is there."""
        if hasattr(self, name):
            delattr(self, name)
            del self._hparam_types[name]

    def parse(self, values):
        """Changes those of 'name=value,...'."""
        return self.override_from_dict(parse_values(values, {name: kind for name, (kind, _) in self._hparam_types.items()}))

    def override_from_dict(self, values_dict):
        """Changes those of a dictionary."""
        for name, value in values_dict.items():
            self.set_hparam(name, value)
        return self

    @deprecation.deprecated(None, 'Use `override_from_dict`.')
    def set_from_map(self, values_map):
        """Deprecated: override_from_dict."""
        return self.override_from_dict(values_dict=values_map)

    def set_model_structure(self, model_structure):
        """Keeps an object beside the hyperparameters."""
        self._model_structure = model_structure

    def get_model_structure(self):
        """That object."""
        return self._model_structure

    def to_json(self, indent=None, separators=None, sort_keys=False):
        """All as JSON."""
        return json.dumps(self.values(), indent=indent, separators=separators, sort_keys=sort_keys)

    def parse_json(self, values_json):
        """Changes those of JSON text."""
        return self.override_from_dict(json.loads(values_json))

    def values(self):
        """{name: value}."""
        return {name: getattr(self, name) for name in self._hparam_types}

    def get(self, key, default=None):
        """The value of `key`, or `default`, which must have its type."""
        if key not in self._hparam_types:
            return default
        if default is not None:
            kind, is_list = self._hparam_types[key]
            message = "Hparam '%s' of type '%s' is incompatible with default=%s" % (
                key, 'list<%s>' % kind if is_list else str(kind), default)
            if is_list != isinstance(default, list):
                raise ValueError(message)
            try:
                for value in default if is_list else [default]:
                    _cast(key, kind, value)
            except ValueError as error:
                raise ValueError('%s. %s' % (message, error)) from None
        return getattr(self, key)

    def __contains__(self, key):
        return key in self._hparam_types

    def __str__(self):
        return ','.join('{}={}'.format(name, value) for name, value in self.values().items())

    def __repr__(self):
        return '%s(%s)' % (type(self).__name__, sorted(self.values().items()))

    def to_proto(self, export_scope=None):
        """The HParamDef."""
        from reflow.framework import protos
        proto = protos.message('tensorflow.HParamDef')()
        for name, (kind, is_list) in self._hparam_types.items():
            field, value = _kind_name(kind, is_list), getattr(self, name)
            if field.startswith('bytes'):
                value = [_bytes(each) for each in value] if is_list else _bytes(value)
            if is_list:
                getattr(proto.hparam[name], field).value.extend(value)
            else:
                setattr(proto.hparam[name], field, value)
        return proto

    @staticmethod
    def from_proto(hparam_def, import_scope=None):
        """The hyperparameters of an HParamDef."""
        return HParams(hparam_def=hparam_def)


def _bytes(value):
    return value.encode() if isinstance(value, str) else value


def _kind_name(kind, is_list):
    for base, name in ((bool, 'bool'), (int, 'int64'), ((str, bytes), 'bytes'), (float, 'float')):
        if issubclass(kind, base):
            return name + ('_list' if is_list else '_value')
    raise ValueError('Unsupported parameter type: %s' % str(kind))


def _from_proto(hparam_def):
    def python_value(value):
        return value.decode() if isinstance(value, bytes) else value

    result = {}
    for name, value in hparam_def.hparam.items():
        kind = value.WhichOneof('kind')
        held = getattr(value, kind)
        result[name] = python_value(held) if kind.endswith('_value') else [python_value(each) for each in held.value]
    return result
