"""The graph of k-means: first centers, distances, and steps of Lloyd's algorithm over all rows or over batches of them."""

from reflow.framework import constant_op
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import random_seed as random_seed_lib
from reflow.ops import array_ops
from reflow.ops import check_ops
from reflow.ops import control_flow_ops
from reflow.ops import embedding_ops
from reflow.ops import gen_clustering_ops
from reflow.ops import math_ops
from reflow.ops import nn_impl
from reflow.ops import random_ops
from reflow.ops import state_ops
from reflow.ops import variable_scope

SQUARED_EUCLIDEAN_DISTANCE = 'squared_euclidean'
COSINE_DISTANCE = 'cosine'
RANDOM_INIT = 'random'
KMEANS_PLUS_PLUS_INIT = 'kmeans_plus_plus'
KMC2_INIT = 'kmc2'
CLUSTERS_VAR_NAME = 'clusters'


def __getattr__(name):
    return getattr(gen_clustering_ops, name)


def _normalized(x):
    """The rows with length one."""
    return nn_impl.l2_normalize(x, dim=1)


class KMeans:
    """Builds the graph of k-means for rows `inputs`, a tensor or a list of such.

    `initial_clusters`: the centers, a function (inputs, number) that picks some of the rows, or the name of one of three
    algorithms. With `use_mini_batch` each step moves the centers by the rows of a batch; every
    `mini_batch_steps_per_iteration` steps they are those that distances are measured from.
    ValueError: there is no such algorithm or distance.
    """

    def __init__(self, inputs, num_clusters, initial_clusters=RANDOM_INIT, distance_metric=SQUARED_EUCLIDEAN_DISTANCE,
                 use_mini_batch=False, mini_batch_steps_per_iteration=1, random_seed=0, kmeans_plus_plus_num_retries=2,
                 kmc2_chain_length=200):
        if isinstance(initial_clusters, str) and initial_clusters not in (RANDOM_INIT, KMEANS_PLUS_PLUS_INIT, KMC2_INIT):
            raise ValueError("Unsupported initialization algorithm '%s'" % initial_clusters)
        if distance_metric not in (SQUARED_EUCLIDEAN_DISTANCE, COSINE_DISTANCE):
            raise ValueError("Unsupported distance metric '%s'" % distance_metric)
        self._inputs = inputs if isinstance(inputs, list) else [inputs]
        self._num_clusters = num_clusters
        self._initial_clusters = initial_clusters
        self._is_cosine = distance_metric == COSINE_DISTANCE
        self._use_mini_batch = use_mini_batch
        self._steps = int(mini_batch_steps_per_iteration)
        self._seed = self._seed_of(random_seed)
        self._num_retries = kmeans_plus_plus_num_retries
        self._chain_length = kmc2_chain_length

    @staticmethod
    def _seed_of(random_seed):
        return random_seed_lib.get_seed(random_seed)[0]

    @staticmethod
    def _no_centers():
        """The value of the centers before they are chosen."""
        return array_ops.placeholder_with_default([], shape=None)

    @property
    def _has_copy(self):
        """Whether steps change a copy of the centers."""
        return self._use_mini_batch and self._steps > 1

    @property
    def _centers_are_normalized(self):
        return self._is_cosine and (not self._use_mini_batch or self._steps > 1)

    def training_graph(self):
        """(Distances to all centers, indices of the nearest, distances to these; whether there are all first centers; what
        chooses some, to be run until there are; a step of training). The first three are lists, one for each input."""
        initial = self._initial_clusters
        if isinstance(initial, str) or callable(initial):
            num_clusters = ops.convert_to_tensor(self._num_clusters)
        else:
            initial = ops.convert_to_tensor(initial)
            num_clusters = array_ops.shape(initial)[0]
        centers, initialized, counts, changed, steps_left = self._variables(num_clusters)
        init_op = _Initializer(self, num_clusters, initial, centers, changed, initialized).op()
        inputs, measured = self._inputs, centers
        if self._is_cosine:
            inputs = self._colocated(inputs, _normalized)
            if not self._centers_are_normalized:
                measured = _normalized(measured)
        all_scores, scores, indices = self._nearest(inputs, measured)
        if self._use_mini_batch:
            with ops.control_dependencies([self._synchronized(steps_left, centers, changed, counts)]):
                training_op = self._batch_step(inputs, indices, changed, counts)
        else:
            training_op = self._full_step(inputs, num_clusters, indices, centers)
        return all_scores, indices, scores, initialized, init_op, training_op

    @staticmethod
    def _colocated(inputs, function):
        results = []
        for x in inputs:
            with ops.colocate_with(x, ignore_existing=True):
                results.append(function(x))
        return results

    def _variables(self, num_clusters):
        """Centers, whether they are chosen, counts of rows, the centers that steps change, the steps before these are used."""
        nothing = self._no_centers()
        centers = variable_scope.variable(nothing, name=CLUSTERS_VAR_NAME, validate_shape=False)
        initialized = variable_scope.variable(False, dtype=dtypes.bool, name='initialized')
        if self._has_copy:
            changed = variable_scope.variable(nothing, name='clusters_updated', validate_shape=False)
            steps_left = variable_scope.variable(self._steps, dtype=dtypes.int64, name='update_in_steps')
            counts = variable_scope.variable(array_ops.zeros([num_clusters], dtype=dtypes.int64))
            return centers, initialized, counts, changed, steps_left
        counts = None
        if self._use_mini_batch:
            counts = variable_scope.variable(array_ops.ones([num_clusters], dtype=dtypes.int64))
        return centers, initialized, counts, centers, None

    def _nearest(self, inputs, centers):
        """(Distances to all centers, distances to the nearest, indices of these), each a tuple with one for each input."""
        def distances(x):
            if self._is_cosine:
                return 1 - math_ops.matmul(x, centers, transpose_b=True)
            return (math_ops.reduce_sum(math_ops.square(x), 1, keepdims=True) - 2 * math_ops.matmul(x, centers, transpose_b=True)
                    + array_ops.transpose(math_ops.reduce_sum(math_ops.square(centers), 1, keepdims=True)))
        scores = self._colocated(inputs, distances)
        if self._is_cosine and not self._centers_are_normalized:
            with ops.colocate_with(centers, ignore_existing=True):
                centers = _normalized(centers)
        found = []
        for x, score in zip(inputs, scores):
            with ops.colocate_with(x, ignore_existing=True):
                indices, nearest = gen_clustering_ops.nearest_neighbors(x, centers, 1)
                if self._is_cosine:
                    nearest *= 0.5
                found.append((score, array_ops.squeeze(nearest, [-1]), array_ops.squeeze(indices, [-1])))
        return zip(*found)

    def _synchronized(self, steps_left, centers, changed, counts):
        """Takes the changed centers over when it is time."""
        if not self._has_copy:
            return control_flow_ops.no_op()

        def take_over():
            with ops.control_dependencies([state_ops.assign(steps_left, self._steps - 1)]):
                with ops.colocate_with(changed, ignore_existing=True):
                    value = _normalized(changed) if self._is_cosine else changed
                with ops.colocate_with(centers, ignore_existing=True):
                    taken = state_ops.assign(centers, value)
                    with ops.control_dependencies([taken]), ops.colocate_with(None, ignore_existing=True):
                        with ops.control_dependencies([state_ops.assign(counts, array_ops.zeros_like(counts))]):
                            return array_ops.identity(steps_left)
        with ops.colocate_with(steps_left, ignore_existing=True):
            return control_flow_ops.cond(steps_left <= 0, take_over, lambda: state_ops.assign_sub(steps_left, 1))

    @staticmethod
    def _batch_step(inputs, all_indices, centers, counts):
        """Moves each center towards the mean of the rows that are nearest to it, by their part of all that it has seen."""
        updates = []
        for x, indices in zip(inputs, all_indices):
            with ops.colocate_with(x, ignore_existing=True):
                indices = array_ops.reshape(indices, [-1])
                unique, positions = array_ops.unique(indices)
                number = array_ops.size(unique)
                with ops.colocate_with(counts, ignore_existing=True):
                    old_counts = array_ops.gather(counts, unique)
                with ops.colocate_with(centers, ignore_existing=True):
                    old_centers = array_ops.gather(centers, unique)
                more = math_ops.unsorted_segment_sum(array_ops.ones_like(positions, dtype=counts.dtype), positions, number)
                moves = math_ops.unsorted_segment_sum(x, positions, number)
                column = array_ops.concat([array_ops.reshape(number, [1]), array_ops.ones(
                    array_ops.reshape(array_ops.rank(x) - 1, [1]), dtype=dtypes.int32)], 0)
                moves -= math_ops.cast(array_ops.reshape(more, column), x.dtype) * old_centers
                rate = math_ops.reciprocal(math_ops.cast(old_counts + more, x.dtype))
                rate = array_ops.reshape(rate, column)
                moves *= rate
            updates.append(state_ops.scatter_add(counts, unique, more))
            updates.append(state_ops.scatter_add(centers, unique, moves))
        return control_flow_ops.group(*updates)

    def _full_step(self, inputs, num_clusters, all_indices, centers):
        """Makes each center the mean of the rows that are nearest to it."""
        sums, counts = [], []
        epsilon = constant_op.constant(1e-6, dtype=inputs[0].dtype)
        for x, indices in zip(inputs, all_indices):
            with ops.colocate_with(x, ignore_existing=True):
                sums.append(math_ops.unsorted_segment_sum(x, indices, num_clusters))
                ones = array_ops.ones(array_ops.reshape(array_ops.shape(x)[0], [-1]))
                counts.append(math_ops.unsorted_segment_sum(array_ops.reshape(ones, [-1, 1]), indices, num_clusters))
        with ops.colocate_with(centers, ignore_existing=True):
            means = math_ops.add_n(sums) / (math_ops.cast(math_ops.add_n(counts), sums[0].dtype) + epsilon)
            if self._centers_are_normalized:
                means = _normalized(means)
        return state_ops.assign(centers, means)


class _Initializer:
    """Chooses first centers; where one run gives too few, the next adds more."""

    def __init__(self, model, num_clusters, initial, centers, changed, initialized):
        self._model = model
        self._inputs = model._inputs
        self._num_clusters = num_clusters
        self._initial = initial
        self._centers = centers
        self._changed = changed
        self._initialized = initialized
        self._num_selected = array_ops.shape(centers)[0]
        self._num_remaining = num_clusters - self._num_selected
        self._num_data = math_ops.add_n([array_ops.shape(x)[0] for x in self._inputs])

    def op(self):
        """What adds centers as long as there are too few."""
        return control_flow_ops.cond(math_ops.equal(self._num_remaining, 0),
                                     lambda: check_ops.assert_equal(self._initialized, True), self._initialize)

    def _initialize(self):
        with ops.control_dependencies([check_ops.assert_positive(self._num_remaining)]):
            is_chain = isinstance(self._initial, str) and self._initial == KMC2_INIT
            missing = self._chain() if is_chain else self._add_centers()
            return control_flow_ops.cond(math_ops.equal(missing, 0), lambda: state_ops.assign(self._initialized, True),
                                         control_flow_ops.no_op)

    def _add_centers(self):
        """The number of centers that are still missing."""
        chosen = self._choice()
        if self._model._is_cosine:
            chosen = _normalized(chosen)
        centers = control_flow_ops.cond(math_ops.equal(self._num_selected, 0), lambda: chosen,
                                        lambda: array_ops.concat([self._centers, chosen], 0))
        return self._num_clusters - array_ops.shape(self._assigned(centers))[0]

    def _assigned(self, centers):
        assigned = state_ops.assign(self._centers, centers, validate_shape=False)
        if self._changed is not self._centers:
            assigned = state_ops.assign(self._changed, assigned, validate_shape=False)
        return assigned

    def _choice(self):
        if isinstance(self._initial, str) and self._initial == RANDOM_INIT:
            return control_flow_ops.cond(self._num_data <= self._num_remaining, lambda: array_ops.concat(self._inputs, 0),
                                         self._random)
        if isinstance(self._initial, str):
            with ops.control_dependencies([check_ops.assert_greater_equal(self._num_data, self._num_remaining)]):
                return self._plus_plus()
        if callable(self._initial):
            return self._initial(self._inputs, self._num_remaining)
        with ops.control_dependencies([check_ops.assert_equal(self._num_remaining, array_ops.shape(self._initial)[0])]):
            return self._initial

    def _random(self):
        indices = random_ops.random_uniform(
            array_ops.reshape(self._num_remaining, [-1]), minval=0, maxval=math_ops.cast(self._num_data, dtypes.int64),
            seed=self._model._seed, dtype=dtypes.int64)
        return embedding_ops.embedding_lookup(self._inputs, indices, partition_strategy='div')

    def _plus_plus(self):
        x = self._inputs[0]
        if self._model._is_cosine:
            x = _normalized(x)
        return gen_clustering_ops.kmeans_plus_plus_initialization(
            x, math_ops.cast(self._num_remaining, dtypes.int64), self._model._seed, self._model._num_retries)

    def _chain(self):
        """The number of centers that are still missing after one more for each `kmc2_chain_length` rows."""
        length = self._model._chain_length
        rows = self._inputs[0]
        most = math_ops.cast(array_ops.shape(rows)[0] / length, dtype=dtypes.int32)
        number = math_ops.maximum(math_ops.minimum(self._num_remaining, most), 1)

        def first():
            center = array_ops.reshape(rows[0], [1, -1])
            return _normalized(center) if self._model._is_cosine else center

        def body(i, _):
            def another():
                start = i * length
                subset = rows[start:start + length]
                _, distances = gen_clustering_ops.nearest_neighbors(subset, self._centers, 1)
                index = gen_clustering_ops.kmc2_chain_initialization(array_ops.squeeze(distances), self._model._seed)
                center = array_ops.reshape(subset[index], [1, -1])
                if self._model._is_cosine:
                    center = _normalized(center)
                return array_ops.concat([self._centers, center], 0)
            centers = control_flow_ops.cond(math_ops.equal(self._num_selected, 0), first, another)
            return i + 1, self._num_clusters - array_ops.shape(self._assigned(centers))[0]
        return control_flow_ops.while_loop(lambda i, _: math_ops.less(i, number), body, [0, 0])[1]
