"""`tf.contrib.distribute`: the strategies of tf.distribute with the arguments that they had here."""
from reflow.contrib.distribute.python.collective_all_reduce_strategy import CollectiveAllReduceStrategy  # noqa: F401
from reflow.contrib.distribute.python.mirrored_strategy import MirroredStrategy  # noqa: F401
from reflow.contrib.distribute.python.monitor import Monitor  # noqa: F401
from reflow.contrib.distribute.python.one_device_strategy import OneDeviceStrategy  # noqa: F401
from reflow.contrib.distribute.python.parameter_server_strategy import ParameterServerStrategy  # noqa: F401
from reflow.distribute.cross_device_ops import AllReduceCrossDeviceOps  # noqa: F401
from reflow.distribute.cross_device_ops import CrossDeviceOps  # noqa: F401
from reflow.distribute.cross_device_ops import ReductionToOneDevice as ReductionToOneDeviceCrossDeviceOps  # noqa: F401
from reflow.distribute.distribute_config import DistributeConfig  # noqa: F401
from reflow.distribute.distribute_coordinator import run_standard_tensorflow_server  # noqa: F401
from reflow.distribute.distribute_lib import ReplicaContext, get_loss_reduction, require_replica_context  # noqa: F401
from reflow.distribute.distribute_lib import StrategyV1 as DistributionStrategy  # noqa: F401
from reflow.distribute.distribution_strategy_context import get_cross_replica_context  # noqa: F401
from reflow.distribute.distribution_strategy_context import get_replica_context, get_strategy  # noqa: F401
from reflow.distribute.distribution_strategy_context import get_strategy as get_distribution_strategy  # noqa: F401
from reflow.distribute.distribution_strategy_context import has_strategy as has_distribution_strategy  # noqa: F401
from reflow.distribute.distribution_strategy_context import in_cross_replica_context  # noqa: F401
from reflow.distribute.step_fn import StandardInputStep, StandardSingleLossStep, Step  # noqa: F401
from reflow.names.packages import lazy_modules

__getattr__ = lazy_modules(__spec__.name)
