"""The names of tf.contrib.summary."""
from reflow.ops.summary_ops_v2 import SummaryWriter, always_record_summaries, audio, create_db_writer, create_file_writer
from reflow.ops.summary_ops_v2 import all_v2_summary_ops as all_summary_ops
from reflow.ops.summary_ops_v2 import create_summary_file_writer, eval_dir, flush, generic, graph, histogram, image
from reflow.ops.summary_ops_v2 import import_event, initialize, never_record_summaries, record_summaries_every_n_global_steps
from reflow.ops.summary_ops_v2 import scalar, should_record_summaries, summary_writer_initializer_op

__all__ = ['SummaryWriter', 'all_summary_ops', 'always_record_summaries', 'audio', 'create_db_writer', 'create_file_writer',
           'create_summary_file_writer', 'eval_dir', 'flush', 'generic', 'graph', 'histogram', 'image', 'import_event',
           'initialize', 'never_record_summaries', 'record_summaries_every_n_global_steps', 'scalar',
           'should_record_summaries', 'summary_writer_initializer_op']
