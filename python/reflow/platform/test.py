"""`tf.test`."""
from reflow.framework.test_util import TensorFlowTestCase as TestCase
from reflow.framework.test_util import assert_equal_graph_def, gpu_device_name, is_gpu_available
from reflow.platform import googletest as _googletest
from reflow.platform.benchmark import TensorFlowBenchmark as Benchmark
from reflow.platform.googletest import StubOutForTesting, mock

__all__ = ['Benchmark', 'StubOutForTesting', 'TestCase', 'assert_equal_graph_def', 'get_temp_dir', 'gpu_device_name',
           'is_built_with_cuda', 'is_built_with_gpu_support', 'is_built_with_rocm', 'is_gpu_available', 'main', 'mock',
           'test_src_dir_path']


def main(argv=None):
    """Runs the tests of the program and exits."""
    return _googletest.main(argv)


def get_temp_dir():
    """A temporary folder, which is deleted at the end of the process."""
    return _googletest.GetTempDir()


def test_src_dir_path(relative_path):
    """`relative_path`, which begins with `tensorflow/`, in the folder of the package."""
    return _googletest.test_src_dir_path(relative_path)


def is_built_with_cuda():
    """Whether the engine uses CUDA: it does not."""
    return False


def is_built_with_rocm():
    """Whether the engine uses ROCm: it does not."""
    return False


def is_built_with_gpu_support():
    """Whether the engine uses any GPU: it does not."""
    return is_built_with_cuda() or is_built_with_rocm()
