"""`tf.contrib.kernel_methods`: linear models of mapped features, which approximate those with kernels."""
from reflow.contrib.kernel_methods.python.kernel_estimators import KernelLinearClassifier  # noqa: F401
from reflow.contrib.kernel_methods.python.losses import sparse_multiclass_hinge_loss  # noqa: F401
from reflow.contrib.kernel_methods.python.mappers.random_fourier_features import RandomFourierFeatureMapper  # noqa: F401
from reflow.names.packages import lazy_modules

__getattr__ = lazy_modules(__spec__.name)
