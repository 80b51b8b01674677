"""Parsing Examples, comma-separated values and bytes."""
from reflow.framework import ops, sparse_tensor
from reflow.ops import array_ops, gen_parsing_ops
from reflow.ops.parsing_features import (FixedLenFeature, FixedLenSequenceFeature, RawFeatures, SparseFeature,
                                         VarLenFeature, name_of_key, with_rows)
from reflow.util.deprecation import deprecated_args, deprecated_argument_lookup

_EXAMPLE_KINDS = (VarLenFeature, SparseFeature, FixedLenFeature, FixedLenSequenceFeature)


def __getattr__(name):
    """What is an op and nothing more."""
    return getattr(gen_parsing_ops, name)


def parse_example(serialized, features, name=None, example_names=None):
    """A dict of tensors, one for each feature, of a vector of serialized Examples."""
    return parse_example_v2(serialized, features, example_names, name)


def parse_example_v2(serialized, features, example_names=None, name=None):
    """A dict of tensors, one for each feature, of a vector of serialized Examples."""
    if not features:
        raise ValueError('Missing: features was %s.' % features)
    raw = RawFeatures(with_rows(features), _EXAMPLE_KINDS)
    return _with_sparse_features(features, _parse_example_raw(serialized, example_names, raw, name))


def _parse_example_raw(serialized, names, raw, name):
    with ops.name_scope(name, 'ParseExample', [serialized, names]):
        outputs = gen_parsing_ops.parse_example(
            serialized=serialized, names=[] if names is None else names, dense_defaults=raw.default_tensors(),
            sparse_keys=raw.sparse_keys, sparse_types=raw.sparse_types, dense_keys=raw.dense_keys,
            dense_shapes=raw.dense_shapes, name=name)
        return _named(raw.sparse_keys, raw.dense_keys, *outputs)


def _named(sparse_keys, dense_keys, indices, values, shapes, dense_values):
    """Outputs of an op as a dict."""
    sparse = [sparse_tensor.SparseTensor(*parts) for parts in zip(indices, values, shapes)]
    return dict(zip(sparse_keys + dense_keys, sparse + list(dense_values)))


def _with_sparse_features(features, tensors):
    """`tensors` with those of each SparseFeature, and without the ones that only they are made of."""
    for key in sorted(features):
        feature = features[key]
        if not isinstance(feature, SparseFeature):
            continue
        from reflow.ops import sparse_ops
        if isinstance(feature.index_key, str):
            ids = tensors[feature.index_key]
        else:
            ids = [tensors[index_key] for index_key in feature.index_key]
        tensors = {**tensors, key: sparse_ops.sparse_merge(
            ids, tensors[feature.value_key], vocab_size=feature.size, already_sorted=feature.already_sorted)}
    return {key: tensor for key, tensor in tensors.items() if key in features}


def parse_single_example(serialized, features, name=None, example_names=None):
    """A dict of tensors, one for each feature, of one serialized Example."""
    return parse_single_example_v2_unoptimized(serialized, features, example_names, name)


def parse_single_example_v2_unoptimized(serialized, features, example_names=None, name=None):
    """A dict of tensors, one for each feature, of one serialized Example."""
    if not features:
        raise ValueError('Missing features.')
    if example_names is None:
        return parse_single_example_v2(serialized, features, name)
    raw = RawFeatures(with_rows(features), _EXAMPLE_KINDS)
    return _with_sparse_features(features, _parse_named_example(serialized, example_names, raw, name))


def parse_single_example_v2(serialized, features, name=None):
    """A dict of tensors, one for each feature, of one serialized Example."""
    if not features:
        raise ValueError('Missing: features was %s.' % features)
    raw = RawFeatures(with_rows(features), _EXAMPLE_KINDS)
    with ops.name_scope(name, 'ParseSingleExample', [serialized]):
        serialized = ops.convert_to_tensor(serialized, name='serialized')
        outputs = gen_parsing_ops.parse_single_example(
            serialized=serialized, dense_defaults=raw.default_tensors(), num_sparse=len(raw.sparse_keys),
            sparse_keys=raw.sparse_keys, sparse_types=raw.sparse_types, dense_keys=raw.dense_keys,
            dense_shapes=raw.dense_shapes, name=name)
        tensors = _named(raw.sparse_keys, raw.dense_keys, *outputs)
    return _with_sparse_features(features, tensors)


def _parse_named_example(serialized, names, raw, name):
    """One Example with a name for messages: a batch of one, whose dimension is taken away again."""
    with ops.name_scope(name, 'ParseSingleExample', [serialized, names]):
        serialized = array_ops.expand_dims(_scalar(serialized, 'serialized', 'Serialized'), 0)
        names = array_ops.expand_dims(_scalar(names, 'names', 'Names'), 0)
        tensors = _parse_example_raw(serialized, names, raw, name)
        for key in raw.dense_keys:
            tensors[key] = array_ops.squeeze(tensors[key], [0], name='Squeeze_' + name_of_key(key))
        for key in raw.sparse_keys:
            sparse = tensors[key]
            tensors[key] = sparse_tensor.SparseTensor(
                array_ops.slice(sparse.indices, [0, 1], [-1, -1], name='Slice_Indices_' + name_of_key(key)),
                sparse.values,
                array_ops.slice(sparse.dense_shape, [1], [-1], name='Squeeze_Shape_' + name_of_key(key)))
        return tensors


def _scalar(value, what, title):
    """`value` as a scalar. ValueError: it is none; where that isn't known, it is asserted when the graph runs."""
    from reflow.ops import control_flow_ops, math_ops
    value = ops.convert_to_tensor(value)
    ndims = value.get_shape().ndims
    message = 'Input %s must be a scalar' % what
    if ndims is None:
        is_scalar = control_flow_ops.Assert(math_ops.equal(array_ops.rank(value), 0), [message], name=title + 'IsScalar')
        return control_flow_ops.with_dependencies([is_scalar], value, name=title + 'Dependencies')
    if ndims != 0:
        raise ValueError(message)
    return value


class _Sequences:
    """What both ops that parse SequenceExamples are told."""

    def __init__(self, context_features, sequence_features):
        if not (context_features or sequence_features):
            raise ValueError('Missing features.')
        self.context = RawFeatures(context_features, (VarLenFeature, FixedLenFeature))
        self.lists = RawFeatures(sequence_features, (VarLenFeature, FixedLenSequenceFeature))
        self.assumed_empty = []
        for key, value in self.lists.dense_defaults.items():
            if value is not None:
                raise ValueError('Value feature_list_dense_defaults[%s] must be None' % key)
            self.assumed_empty.append(key)

    def arguments(self, reshape):
        context, lists = self.context, self.lists
        return dict(
            context_dense_defaults=context.default_tensors(reshape), context_sparse_keys=context.sparse_keys,
            context_sparse_types=context.sparse_types, context_dense_keys=context.dense_keys,
            context_dense_shapes=context.dense_shapes, feature_list_sparse_keys=lists.sparse_keys,
            feature_list_sparse_types=lists.sparse_types, feature_list_dense_keys=lists.dense_keys,
            feature_list_dense_types=lists.dense_types, feature_list_dense_shapes=lists.dense_shapes,
            feature_list_dense_missing_assumed_empty=self.assumed_empty)

    def named(self, outputs):
        context, lists = self.context, self.lists
        return (_named(context.sparse_keys, context.dense_keys, *outputs[:4]),
                _named(lists.sparse_keys, lists.dense_keys, *outputs[4:8]))


def parse_sequence_example(serialized, context_features=None, sequence_features=None, example_names=None, name=None):
    """Dicts of tensors of a vector of serialized SequenceExamples: context, feature lists, lengths of the dense lists."""
    features = _Sequences(context_features, sequence_features)
    with ops.name_scope(name, 'ParseSequenceExample', [serialized]):
        outputs = gen_parsing_ops.parse_sequence_example(
            serialized=serialized, debug_name=[] if example_names is None else example_names,
            Ncontext_sparse=len(features.context.sparse_keys), Ncontext_dense=len(features.context.dense_keys),
            Nfeature_list_sparse=len(features.lists.sparse_keys), Nfeature_list_dense=len(features.lists.dense_keys),
            name=name, **features.arguments(reshape=False))
        return (*features.named(outputs), dict(zip(features.lists.dense_keys, outputs[8])))


def parse_single_sequence_example(serialized, context_features=None, sequence_features=None, example_name=None, name=None):
    """Dicts of tensors of one serialized SequenceExample: context, feature lists."""
    features = _Sequences(context_features, sequence_features)
    with ops.name_scope(name, 'ParseSingleSequenceExample', [serialized]):
        outputs = gen_parsing_ops.parse_single_sequence_example(
            serialized=serialized, debug_name='' if example_name is None else example_name, name=name,
            **features.arguments(reshape=True))
        return features.named(outputs)


def decode_raw(input_bytes, out_type, little_endian=True, fixed_length=None, name=None):
    """The bytes of each string as a vector of numbers; with `fixed_length` cut or filled up with zeros."""
    if fixed_length is not None:
        return gen_parsing_ops.decode_padded_raw(input_bytes, fixed_length=fixed_length, out_type=out_type,
                                                 little_endian=little_endian, name=name)
    return gen_parsing_ops.decode_raw(input_bytes, out_type, little_endian=little_endian, name=name)


@deprecated_args(None, 'bytes is deprecated, use input_bytes instead', 'bytes')
def decode_raw_v1(input_bytes=None, out_type=None, little_endian=True, name=None, bytes=None):
    """The bytes of each string as a vector of numbers. All strings have the same length."""
    input_bytes = deprecated_argument_lookup('input_bytes', input_bytes, 'bytes', bytes)
    if out_type is None:
        raise ValueError("decode_raw_v1() missing 1 positional argument: 'out_type'")
    return gen_parsing_ops.decode_raw(input_bytes, out_type, little_endian=little_endian, name=name)


def decode_csv(records, record_defaults, field_delim=',', use_quote_delim=True, name=None, na_value='', select_cols=None):
    """Lines of comma-separated values as one tensor for each column."""
    return decode_csv_v2(records, record_defaults, field_delim, use_quote_delim, na_value, select_cols, name)


def decode_csv_v2(records, record_defaults, field_delim=',', use_quote_delim=True, na_value='', select_cols=None, name=None):
    """Lines of comma-separated values as one tensor for each column."""
    if select_cols is not None:
        if any(left >= right for left, right in zip(select_cols, select_cols[1:])):
            raise ValueError('select_cols is not strictly increasing.')
        if select_cols[0] < 0:
            raise ValueError('select_cols contains negative values.')
        if len(select_cols) != len(record_defaults):
            raise ValueError('Length of select_cols and record_defaults do not match.')
    return gen_parsing_ops.decode_csv(records=records, record_defaults=record_defaults, field_delim=field_delim,
                                      use_quote_delim=use_quote_delim, na_value=na_value, name=name, select_cols=select_cols)
