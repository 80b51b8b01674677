"""Mixtures of distributions of any classes."""

import numpy as np

from reflow.contrib.distributions.python.ops import mixture_weights
from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.framework import tensor_util
from reflow.ops import array_ops
from reflow.ops import check_ops
from reflow.ops import data_flow_ops
from reflow.ops import math_ops
from reflow.ops import nn
from reflow.ops.distributions import categorical
from reflow.ops.distributions import distribution
from reflow.ops.distributions import util as distribution_util
from reflow.util.shown_attributes import shown

__all__ = ['Mixture']


class Mixture(distribution.Distribution):
    """One of `components` each time, chosen by the categorical distribution `cat`."""

    def __init__(self, cat, components, validate_args=False, allow_nan_stats=True, use_static_graph=False, name='Mixture'):
        parameters = dict(locals())
        dtype, event_shape, batch_shape = self._checked(cat, components)
        with ops.name_scope(name, values=[cat.logits]) as name:
            count = tensor_util.constant_value(cat.event_size)
            if count is None:
                raise ValueError('Could not infer number of classes from cat and unable to compare this value to the number '
                                 'of components passed in.')
            if int(count) != len(components):
                raise ValueError('cat.num_classes != len(components): %d vs. %d' % (count, len(components)))
            shape = cat.batch_shape_tensor()
            rank = array_ops.size(shape)
            self._assertions = self._shape_assertions(shape, rank, components) if validate_args else []
            self._cat = cat
            self._components = list(components)
            self._num_components = int(count)
            self._static_event_shape = event_shape
            self._static_batch_shape = batch_shape
            self._use_static_graph = use_static_graph
        parents = list(cat._graph_parents)
        for component in components:
            parents += component._graph_parents
        super().__init__(dtype=dtype, reparameterization_type=distribution.NOT_REPARAMETERIZED,
                         validate_args=validate_args, allow_nan_stats=allow_nan_stats, parameters=parameters,
                         graph_parents=parents, name=name)

    @staticmethod
    def _checked(cat, components):
        """The type and the static shapes of event and batch."""
        if not isinstance(cat, categorical.Categorical):
            raise TypeError('cat must be a Categorical distribution, but saw: %s' % cat)
        if not components:
            raise ValueError('components must be a non-empty list or tuple')
        if not isinstance(components, (list, tuple)):
            raise TypeError('components must be a list or tuple, but saw: %s' % components)
        if not all(isinstance(each, distribution.Distribution) for each in components):
            raise TypeError('all entries in components must be Distribution instances but saw: %s' % components)
        if any(each.dtype != components[0].dtype for each in components):
            raise TypeError('All components must have the same dtype, but saw dtypes: %s' % [
                (each.name, each.dtype) for each in components])
        event_shape, batch_shape = components[0].event_shape, cat.batch_shape
        for each in components:
            event_shape = event_shape.merge_with(each.event_shape)
            batch_shape = batch_shape.merge_with(each.batch_shape)
        if event_shape.ndims is None:
            raise ValueError('Expected to know rank(event_shape) from components, but none of the components provide a '
                             'static number of ndims')
        return components[0].dtype, event_shape, batch_shape

    @staticmethod
    def _shape_assertions(shape, rank, components):
        shapes = [each.batch_shape_tensor() for each in components]
        ranks = [array_ops.size(each) for each in shapes]
        message = 'components[%d] batch shape must match cat batch shape'
        return ([check_ops.assert_equal(rank, each, message=message % i) for i, each in enumerate(ranks)]
                + [check_ops.assert_equal(shape, each, message=message % i) for i, each in enumerate(shapes)])

    cat = shown('_cat', "The distribution of the components' numbers.")
    components = shown('_components', 'The distributions.')
    num_components = shown('_num_components', 'How many there are.')

    def _batch_shape_tensor(self):
        return self._cat.batch_shape_tensor()

    def _batch_shape(self):
        return self._static_batch_shape

    def _event_shape_tensor(self):
        return self._components[0].event_shape_tensor()

    def _event_shape(self):
        return self._static_event_shape

    def _cat_probs(self, log_probs):
        softmax = nn.log_softmax if log_probs else nn.softmax
        return array_ops.unstack(softmax(self.cat.logits), num=self.num_components, axis=-1)

    def _in_rank_of_events(self, weights):
        for _ in range(self.event_shape.ndims):
            weights = [array_ops.expand_dims(each, -1) for each in weights]
        return weights

    def _mean(self):
        with ops.control_dependencies(self._assertions):
            means = [each.mean() for each in self.components]
            weights = self._in_rank_of_events(self._cat_probs(log_probs=False))
            return math_ops.add_n([weight * mean for weight, mean in zip(weights, means)])

    def _stddev(self):
        with ops.control_dependencies(self._assertions):
            means = [each.mean() for each in self.components]
            deviations = [each.stddev() for each in self.components]
            weights = self._cat_probs(log_probs=False)
            means, deviations = array_ops.stack(means, axis=-1), array_ops.stack(deviations, axis=-1)
            weights = array_ops.stack(self._in_rank_of_events(weights), axis=-1) * array_ops.ones_like(means)
            rows = [-1, len(self.components)]
            deviation = mixture_weights.mixture_stddev(*(array_ops.reshape(each, rows)
                                                         for each in (weights, means, deviations)))
            return array_ops.reshape(deviation, array_ops.shape(weights)[:-1])

    def _log_of_mixture(self, logarithms):
        terms = [weight + each for weight, each in zip(self._cat_probs(log_probs=True), logarithms)]
        return math_ops.reduce_logsumexp(array_ops.stack(terms, 0), [0])

    def _log_prob(self, x):
        with ops.control_dependencies(self._assertions):
            x = ops.convert_to_tensor(x, name='x')
            return self._log_of_mixture([each.log_prob(x) for each in self.components])

    def _log_cdf(self, x):
        with ops.control_dependencies(self._assertions):
            x = ops.convert_to_tensor(x, name='x')
            return self._log_of_mixture([each.log_cdf(x) for each in self.components])

    def _sample_n(self, n, seed=None):
        if self._use_static_graph:
            return self._sample_all(n, seed)
        with ops.control_dependencies(self._assertions):
            n = ops.convert_to_tensor(n, name='n')
            known = tensor_util.constant_value(n)
            n = n if known is None else int(known)
            chosen = self.cat.sample(n, seed=seed)
            static = chosen.get_shape()
            known = static.is_fully_defined()
            shape = static.as_list() if known else array_ops.shape(chosen)
            size = static.num_elements() if known else array_ops.size(chosen)
            if self.batch_shape.is_fully_defined():
                batch_size = self.batch_shape.num_elements()
            else:
                batch_size = math_ops.reduce_prod(self.batch_shape_tensor())
            if self.event_shape.is_fully_defined():
                event_shape = np.array(self.event_shape.as_list(), dtype=np.int32)
            else:
                event_shape = self.event_shape_tensor()

            def by_component(indices):
                return data_flow_ops.dynamic_partition(data=array_ops.reshape(indices, shape), partitions=chosen,
                                                       num_partitions=self.num_components)

            places = by_component(math_ops.range(0, size))
            batch_places = by_component(array_ops.tile(math_ops.range(0, batch_size), [n]))
            samples = []
            for component, place, batch_place in zip(self.components, places, batch_places):
                count = array_ops.size(place)
                seed = distribution_util.gen_new_seed(seed, 'mixture')
                drawn = component.sample(count, seed=seed)
                # Each sample is of the whole batch, of which one member is wanted.
                wanted = batch_size * math_ops.range(count) + batch_place
                drawn = array_ops.reshape(drawn, array_ops.concat([[count * batch_size], event_shape], 0))
                samples.append(array_ops.gather(drawn, wanted, name='samples_class_c_gather'))
            flat = data_flow_ops.dynamic_stitch(indices=places, data=samples)
            result = array_ops.reshape(flat, array_ops.concat([shape, self.event_shape_tensor()], 0))
            result.set_shape(tensor_shape.TensorShape(static).concatenate(self.event_shape))
            return result

    def _sample_all(self, n, seed):
        """Samples of all components, of which those chosen are kept."""
        samples = []
        chosen = self.cat.sample(n, seed=seed)
        for component in self.components:
            seed = distribution_util.gen_new_seed(seed, 'mixture')
            samples.append(component.sample(n, seed=seed))
        ndims = self._static_event_shape.ndims
        x = array_ops.stack(samples, -ndims - 1)
        mask = array_ops.one_hot(indices=chosen, depth=self._num_components, dtype=x.dtype)
        mask = mixture_weights.pad_mixture_dimensions(mask, self, self._cat, ndims)
        return math_ops.reduce_sum(x * mask, axis=-1 - ndims)

    def entropy_lower_bound(self, name='entropy_lower_bound'):
        """The mean of the components' entropies, which that of the mixture is not below."""
        with self._name_scope(name, values=[self.cat.logits]):
            with ops.control_dependencies(self._assertions):
                entropies = [each.entropy() for each in self.components]
                return math_ops.add_n([weight * each for weight, each in zip(self._cat_probs(log_probs=False), entropies)])
