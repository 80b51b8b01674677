"""The functions of `inspect`, which see through TensorFlow's decorators to what they decorate.

`inspect` is imported when a function here is called first.
"""
import collections
import functools

from reflow.util import tf_decorator

ArgSpec = collections.namedtuple('ArgSpec', 'args varargs keywords defaults')


def __getattr__(name):
    if name == 'FullArgSpec':
        import inspect
        return inspect.FullArgSpec
    raise AttributeError('module %r has no attribute %r' % (__name__, name))


def _target(obj):
    return tf_decorator.unwrap(obj)[1]


def _declared_argspec(obj):
    """The arguments that the outermost decorator with a say in it declares; None if none does."""
    for decorator in tf_decorator.unwrap(obj)[0]:
        if decorator.decorator_argspec is not None:
            return decorator.decorator_argspec
    return None


def _short(spec):
    return ArgSpec(spec.args, spec.varargs, spec.varkw, spec.defaults)


def getargspec(obj):
    """The arguments of a callable as ArgSpec; of a class, those of its constructor."""
    if isinstance(obj, functools.partial):
        return _argspec_of_partial(obj)
    declared = _declared_argspec(obj)
    if declared is not None:
        return declared
    import inspect
    target = _target(obj)
    candidates = [target, target.__init__, target.__new__] if isinstance(target, type) else [target]
    for candidate in candidates:
        try:
            return _short(inspect.getfullargspec(candidate))
        except TypeError:
            pass
    return _short(inspect.getfullargspec(type(target).__call__))


def _argspec_of_partial(obj):
    args, varargs, keywords, defaults = getargspec(obj.func)
    args = args[len(obj.args):]
    no_default = object()
    all_defaults = [no_default] * len(args)
    if defaults:
        all_defaults[-len(defaults):] = defaults
    for name, value in (obj.keywords or {}).items():
        if name in args:
            all_defaults[args.index(name)] = value
        elif not keywords:
            raise ValueError('Function does not have **kwargs parameter, but contains an unknown partial keyword.')
    first_default = next((i for i, value in enumerate(all_defaults) if value is not no_default), None)
    if first_default is None:
        return ArgSpec(args, varargs, keywords, None)
    without = [args[i] for i, value in enumerate(all_defaults) if value is no_default and i > first_default]
    if without:
        raise ValueError('Some arguments %s do not have default value, but they are positioned after those with default '
                         'values. This can not be expressed with ArgSpec.' % without)
    return ArgSpec(args, varargs, keywords, tuple(all_defaults[first_default:]))


def getfullargspec(obj):
    """The arguments of a callable as FullArgSpec."""
    import inspect
    declared = _declared_argspec(obj)
    if declared is None:
        return inspect.getfullargspec(_target(obj))
    if isinstance(declared, inspect.FullArgSpec):
        return declared
    return inspect.FullArgSpec(declared.args, declared.varargs, declared.keywords, declared.defaults, [], None, {})


def getcallargs(*func_and_positional, **named):
    """The values of the arguments of a call, by name; what the call leaves out and has no default is left out."""
    func, *positional = func_and_positional
    spec = getfullargspec(func)
    bound_to = getattr(func, '__self__', None)
    if ismethod(func) and bound_to:
        positional.insert(0, bound_to)
    values = dict(named)
    values.update(zip([name for name in spec.args if name not in values], positional))
    defaults = spec.defaults or ()
    for name, value in zip(spec.args[len(spec.args) - len(defaults):], defaults):
        values.setdefault(name, value)
    for name, value in (spec.kwonlydefaults or {}).items():
        values.setdefault(name, value)
    return values


def currentframe():
    """The frame of the caller."""
    import sys
    return sys._getframe(1)


def stack(context=1):
    """The frames of the caller and of its callers."""
    import inspect
    return inspect.stack(context)[1:]


def getfile(object):
    """The file that an object was defined in."""
    import inspect
    target = _target(object)
    # Frames of code that was made at run time name no file that exists.
    if '__file__' in getattr(target, 'f_globals', ()):
        return target.f_globals['__file__']
    return inspect.getfile(target)


def _passed_on(name, unwraps):
    def function(object, *args, **kwargs):
        import inspect
        return getattr(inspect, name)(_target(object) if unwraps else object, *args, **kwargs)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = 'As inspect.%s%s.' % (name, ', of what is decorated' if unwraps else '')
    return function


getdoc = _passed_on('getdoc', False)
getframeinfo = _passed_on('getframeinfo', False)
getmembers = _passed_on('getmembers', False)
getmodule = _passed_on('getmodule', False)
getmro = _passed_on('getmro', False)
getsource = _passed_on('getsource', True)
getsourcefile = _passed_on('getsourcefile', True)
getsourcelines = _passed_on('getsourcelines', True)
isbuiltin = _passed_on('isbuiltin', True)
isclass = _passed_on('isclass', True)
isframe = _passed_on('isframe', True)
isfunction = _passed_on('isfunction', True)
isgenerator = _passed_on('isgenerator', True)
isgeneratorfunction = _passed_on('isgeneratorfunction', True)
ismethod = _passed_on('ismethod', True)
ismodule = _passed_on('ismodule', True)
isroutine = _passed_on('isroutine', True)
