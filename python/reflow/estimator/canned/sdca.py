"""Linear models trained by stochastic dual coordinate ascent (Shalev-Shwartz and Zhang, JMLR 14, 2013)."""

import collections

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import variables as variables_lib
from reflow.platform import tf_logging as logging
from reflow.framework import tensor_shape
from reflow.training import session_run_hook

SparseFeatures = collections.namedtuple('SparseFeatures', ['example_indices', 'feature_indices', 'feature_values'])
Examples = collections.namedtuple('Examples', ['sparse', 'dense', 'labels', 'weights', 'ids'])

_LOSSES = ('logistic_loss', 'squared_loss', 'hinge_loss', 'smooth_hinge_loss', 'poisson_loss')


class SdcaModel:
    """The dual variables of examples, by their ids, and for each weight one that isn't shrunk yet.

    The weights of a column are a list of parts; the dual variables lie in so many tables.
    """

    def __init__(self, examples, sparse_weights, dense_weights, loss_type, l1, l2, num_loss_partitions, adaptive, num_tables):
        from reflow.summary import summary
        if loss_type not in _LOSSES:
            raise ValueError('Unsupported loss_type: ', loss_type)
        if l2 <= 0.0:
            raise ValueError('symmetric_l2_regularization should be positive.')
        if l2 <= 1.0:
            logging.warn('symmetric_l2_regularization for SDCA should typically be larger than for online optimization '
                         'methods. Recommended value is of the order of the average L2 norm of the training examples.')
        if l1 < 0.0:
            raise ValueError('symmetric_l1_regularization should be non-negative.')
        self._examples = examples
        self._weights = sparse_weights + dense_weights
        self._options = {'loss_type': loss_type, 'l1': l1, 'l2': l2, 'num_loss_partitions': num_loss_partitions,
                         'num_inner_iterations': 1, 'adaptive': adaptive}
        self._sparse_slots, self._dense_slots = _slots(sparse_weights), _slots(dense_weights)
        self._table = _Tables(num_tables)
        summary.scalar('approximate_duality_gap', self._approximate_duality_gap())
        summary.scalar('examples_seen', self._table.size())

    def minimize(self, global_step=None, name=None):
        """The operation that trains with the examples."""
        from reflow.ops import array_ops
        from reflow.ops import control_flow_ops
        from reflow.ops import gen_sdca_ops
        from reflow.ops import math_ops
        from reflow.ops import state_ops
        examples = self._examples
        with ops.name_scope(name, 'sdca/minimize'):
            hashed_ids = gen_sdca_ops.sdca_fprint(ops.convert_to_tensor(examples.ids))
            indices = [math_ops.cast(array_ops.unique(math_ops.cast(each.feature_indices, dtypes.int32))[0], dtypes.int64)
                       for each in examples.sparse]
            state, sparse_deltas, dense_deltas = gen_sdca_ops.sdca_optimizer_v2(
                [each.example_indices for each in examples.sparse], [each.feature_indices for each in examples.sparse],
                [each.feature_values for each in examples.sparse],
                [ops.convert_to_tensor(each) for each in examples.dense], ops.convert_to_tensor(examples.weights),
                ops.convert_to_tensor(examples.labels), indices,
                [array_ops.gather(_whole(slot), each) for slot, each in zip(self._sparse_slots, indices)],
                [_whole(slot) for slot in self._dense_slots], self._table.lookup(hashed_ids), **self._options)
            with ops.control_dependencies([state]):
                updates = [self._table.insert(hashed_ids, state)]
                for slot, each, delta in zip(self._sparse_slots, indices, sparse_deltas):
                    updates += _scatter_add(slot, each, delta)
                for slot, delta in zip(self._dense_slots, dense_deltas):
                    for part, of_part in zip(slot, array_ops.split(delta, [each.shape.as_list()[0] for each in slot])):
                        updates.append(state_ops.assign_add(part, of_part))
            if global_step is None:
                return control_flow_ops.group(*updates)
            with ops.control_dependencies(updates):
                return state_ops.assign_add(global_step, 1, name=name).op

    def update_weights(self, train_op):
        """The operation that, after training, gives the weights their values, shrunk as L1 asks for."""
        from reflow.ops import control_flow_ops
        from reflow.ops import math_ops
        parts = [part for each in self._weights for part in each]
        with ops.control_dependencies([train_op]):
            updates = [part.assign(slot) for part, slot in zip(
                parts, (slot for each in self._sparse_slots + self._dense_slots for slot in each))]
        if self._options['l1'] > 0:
            shrinkage = self._options['l1'] / self._options['l2']
            with ops.control_dependencies(updates):
                updates = [part.assign(math_ops.sign(part) * math_ops.maximum(0.0, math_ops.abs(part) - shrinkage))
                           for part in parts]
        return control_flow_ops.group(*updates)

    def _norm(self, function):
        from reflow.ops import math_ops
        return math_ops.add_n([math_ops.reduce_sum(function(math_ops.cast(part, dtypes.float64)))
                               for each in self._weights for part in each])

    def _approximate_duality_gap(self):
        """How far the loss is from the least, at most, for each example."""
        from reflow.ops import math_ops
        with ops.name_scope('sdca/approximate_duality_gap'):
            sums = math_ops.add_n([math_ops.reduce_sum(math_ops.to_double(values), 0) for values in self._table.values()])
            l1_loss = self._options['l1'] * self._norm(math_ops.abs)
            l2_loss = self._options['l2'] * self._norm(math_ops.square) / 2.0
            return (sums[1] + sums[2] + l1_loss + 2.0 * l2_loss) / sums[3]


class _Tables:
    """Tables of the dual variables; the first number of an example's id says in which it is."""

    def __init__(self, number):
        from reflow.ops import mutable_tables
        with ops.name_scope('ShardedMutableHashTable', 'sharded_mutable_hash_table'):
            self._tables = [mutable_tables.DenseHashTable(
                key_dtype=dtypes.int64, value_dtype=dtypes.float32, default_value=[0.0] * 4, empty_key=[0, 0],
                deleted_key=[1, 1], name='ShardedMutableHashTable-%d-of-%d' % (i + 1, number)) for i in range(number)]

    def _parted(self, keys, *values):
        """Each of `values` in parts, one for each table."""
        from reflow.ops import data_flow_ops
        from reflow.ops import math_ops
        number = len(self._tables)
        if number == 1:
            return [[each] for each in values]
        places = math_ops.cast(math_ops.mod(math_ops.abs(keys[:, 0]), number), dtypes.int32)
        return [data_flow_ops.dynamic_partition(each, places, number) for each in values]

    def lookup(self, keys):
        """[examples, 4]"""
        from reflow.ops import array_ops
        from reflow.ops import data_flow_ops
        from reflow.ops import math_ops
        if len(self._tables) == 1:
            return self._tables[0].lookup(keys)
        of_tables, order = self._parted(keys, keys, math_ops.range(array_ops.shape(keys)[0]))
        found = data_flow_ops.dynamic_stitch(order, [table.lookup(each) for table, each in zip(self._tables, of_tables)])
        found.set_shape([None, 4])
        return found

    def insert(self, keys, values):
        """An operation that gives keys values."""
        from reflow.ops import control_flow_ops
        return control_flow_ops.group(*[table.insert(*each) for table, *each in zip(
            self._tables, *self._parted(keys, keys, values))])

    def values(self):
        """The values of each table."""
        return [table.export()[1] for table in self._tables]

    def size(self):
        """How many examples are known."""
        from reflow.ops import math_ops
        return math_ops.add_n([table.size() for table in self._tables])


class UpdateWeightsHook(session_run_hook.SessionRunHook):
    """Updates the weights of the model after each training step."""

    def __init__(self, model, train_op):
        self._model = model
        self._train_op = train_op

    def begin(self):
        """Makes the operation."""
        self._update_op = self._model.update_weights(self._train_op)

    def before_run(self, run_context):
        """Asks for it."""
        return session_run_hook.SessionRunArgs(self._update_op)


def _slots(weights):
    from reflow.ops import array_ops

    def slot(part):
        with ops.colocate_with(part):
            return variables_lib.Variable(initial_value=array_ops.zeros_like(part.initialized_value(), dtypes.float32),
                                          name=part.op.name + '_unshrunk')

    return [[slot(part) for part in parts] for parts in weights]


def _whole(parts):
    from reflow.ops import array_ops
    return ops.convert_to_tensor(parts[0]) if len(parts) == 1 else array_ops.concat(parts, axis=0)


def _scatter_add(parts, indices, delta):
    """The operations that add rows to a variable in parts, each of which has the next rows."""
    from reflow.ops import array_ops
    from reflow.ops import math_ops
    from reflow.ops import state_ops
    if len(parts) == 1:
        return [state_ops.scatter_add(parts[0], indices, delta)]
    updates, begin = [], 0
    for part in parts:
        size = tensor_shape.dimension_value(part.shape[0])
        is_here = math_ops.logical_and(indices >= begin, indices < begin + size)
        updates.append(state_ops.scatter_add(part, array_ops.boolean_mask(indices, is_here) - begin,
                                             array_ops.boolean_mask(delta, is_here)))
        begin += size
    return updates
