"""Classes of options: attributes that are checked when they are set."""


def _internal_attr_name(name):
    return '_' + name


class OptionsBase:
    """An object of options, each with a type and a default; setting any other attribute is an error."""

    def __init__(self):
        object.__setattr__(self, '_options', {})

    def __eq__(self, other):
        if not isinstance(other, self.__class__):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in set(self._options) | set(other._options))

    def __ne__(self, other):
        return not self == other if isinstance(other, self.__class__) else NotImplemented

    __hash__ = None

    def __setattr__(self, name, value):
        if hasattr(type(self), name):
            object.__setattr__(self, name, value)
        else:
            raise AttributeError('Cannot set the property %s on %s.' % (name, type(self).__name__))


def create_option(name, ty, docstring, default_factory=lambda: None):
    """A property of an OptionsBase that holds a value of type `ty`."""

    def get(self):
        return self._options.setdefault(name, default_factory())

    def put(self, value):
        if not isinstance(value, ty):
            raise TypeError('Property "%s" must be of type %s, got: %r (type: %r)' % (name, ty, value, type(value)))
        self._options[name] = value

    return property(get, put, None, docstring)


def merge_options(*options_list):
    """Options that are set in one of the objects are set in the result. Raises ValueError if two are set differently."""
    if not options_list:
        raise ValueError('At least one options should be provided')
    cls = type(options_list[0])
    for options in options_list:
        if not isinstance(options, cls):
            raise TypeError('Incompatible options type: %r vs %r' % (type(options), cls))
    if not isinstance(options_list[0], OptionsBase):
        raise TypeError('The inherited type of OptionsBase is expected, got: %r' % (cls,))
    default, result = cls(), cls()
    for options in options_list:
        for name in options._options:
            this, that, initial = getattr(result, name), getattr(options, name), getattr(default, name)
            if that == initial:
                continue
            if this == initial:
                setattr(result, name, that)
            elif isinstance(this, OptionsBase):
                setattr(result, name, merge_options(this, that))
            elif this != that:
                raise ValueError('Cannot merge incompatible values (%r and %r) of option: %s' % (this, that, name))
    return result
