"""Where the engine's library and its headers are, `tf.sysconfig`."""
import os

from reflow.framework.versions import CXX11_ABI_FLAG, MONOLITHIC_BUILD  # noqa: F401

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def get_include():
    """The folder of the C++ headers."""
    return os.path.join(_PACKAGE, 'include')


def get_lib():
    """The folder of the engine's library."""
    return _PACKAGE


def get_compile_flags():
    """The compiler's flags for code that includes the headers."""
    return ['-I' + get_include(), '-D_GLIBCXX_USE_CXX11_ABI=%d' % CXX11_ABI_FLAG]


def get_link_flags():
    """The linker's flags for code that uses the library."""
    return ['-L' + get_lib(), '-lreflow']
