"""Functions and values that Python and NumPy had and no longer have, as they were."""

import collections
import inspect

ArgSpec = collections.namedtuple('ArgSpec', 'args varargs keywords defaults')

NINF = float('-inf')
NZERO = -0.0
PZERO = 0.0


def getargspec(func):
    """inspect.getargspec: names and defaults of a function that has no keyword-only arguments and no annotations."""
    spec = inspect.getfullargspec(func)
    if spec.kwonlyargs or spec.annotations:
        raise ValueError('Function has keyword-only parameters or annotations, use inspect.signature() API which can '
                         'support them')
    return ArgSpec(*spec[:4])


def asfarray(a, dtype=float):
    """numpy.asfarray: `a` as an array of a floating-point type."""
    import numpy
    dtype = numpy.dtype(dtype)
    return numpy.asarray(a, dtype=dtype if numpy.issubdtype(dtype, numpy.inexact) else float)


def asscalar(a):
    """numpy.asscalar: the one element of `a` as a Python value."""
    return a.item()


class _Cast:
    """numpy.cast: the function for a type that makes arrays of it."""

    def __getitem__(self, dtype):
        import numpy
        return lambda x: numpy.asarray(x).astype(dtype)


cast = _Cast()


def disp(mesg, device=None, linefeed=True):
    """numpy.disp: writes a message."""
    print(mesg, end='\n' if linefeed else '', file=device, flush=True)


def msort(a):
    """numpy.msort: a copy of `a` sorted along its first axis."""
    import numpy
    return numpy.sort(a, axis=0)


def __getattr__(name):
    if name != 'sctypes':  # by kind of number
        raise AttributeError(name)
    import numpy as np
    return {'int': [np.int8, np.int16, np.int32, np.int64], 'uint': [np.uint8, np.uint16, np.uint32, np.uint64],
            'float': [np.float16, np.float32, np.float64, np.longdouble],
            'complex': [np.complex64, np.complex128, np.clongdouble], 'others': [bool, object, bytes, str, np.void]}


def rank(a):
    """numpy.rank: the number of dimensions."""
    import numpy
    return numpy.ndim(a)


def dist(distname='', version='', id='', supported_dists=()):
    """platform.dist: name, version and code name of the Linux distribution."""
    return linux_distribution(distname, version, id)


def linux_distribution(distname='', version='', id='', supported_dists=(), full_distribution_name=True):
    """platform.linux_distribution, from os-release; the arguments are what is answered where that says nothing."""
    import platform
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        release = {}
    name = release.get('NAME' if full_distribution_name else 'ID', distname)
    return name, release.get('VERSION_ID', version), release.get('VERSION_CODENAME', id)


_check_interval = 100


def getcheckinterval():
    """sys.getcheckinterval: what setcheckinterval was told, which has had no effect since Python 3.2."""
    return _check_interval


def setcheckinterval(interval):
    """sys.setcheckinterval."""
    global _check_interval
    _check_interval = interval
