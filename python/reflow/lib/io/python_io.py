"""`tf.python_io`, as tensorflow.python has it."""
from reflow.lib.io.tf_record import TFRecordCompressionType  # noqa: F401
from reflow.lib.io.tf_record import TFRecordOptions  # noqa: F401
from reflow.lib.io.tf_record import TFRecordWriter  # noqa: F401
from reflow.lib.io.tf_record import tf_record_iterator  # noqa: F401
