"""tf.saved_model.load of SavedModels of TensorFlow 1: graphs as functions, with their variables outside of them."""

from reflow import _core
from reflow.eager import function, wrap_function
from reflow.framework import dtypes, importer, op_def_registry, ops, protos, tensor_shape, tensor_util
from reflow.ops import array_ops
from reflow.saved_model import constants, function_graphs, loader_impl, signature_map, utils_impl
from reflow.training.tracking import tracking
from reflow.util import nest

_ANCHOR = 'dummy_fetch'  # a node that gives something where operations are run
_REFERENCES = ('VariableV2', 'Variable')
_READERS = ('IsVariableInitialized', 'RefIdentity')
_OF_RESOURCES = {'Assign': 'AssignVariableOp', 'AssignAdd': 'AssignAddVariableOp', 'AssignSub': 'AssignSubVariableOp'}


class _Initializer(tracking.CapturableResource):
    """What the model runs before it is used: its tables are filled."""

    def __init__(self, init_fn, asset_paths):
        super().__init__()
        self._fill, self._assets = init_fn, asset_paths

    def _create_resource(self):
        return array_ops.placeholder(dtype=dtypes.resource, shape=[], name='unused_resource')

    def _initialize(self):
        paths = (asset.asset_path for asset in self._assets)
        return self._fill(*paths)


def _meta_graph_of(export_dir, tags):
    """The MetaGraphDef with exactly these tags; without any, the only one."""
    saved_model = loader_impl.parse_saved_model(export_dir)
    if tags is None:
        if len(saved_model.meta_graphs) != 1:
            raise ValueError(
                "Importing a SavedModel with tf.saved_model.load requires a 'tags=' argument if there is more than one MetaGraph. "
                "Got 'tags=None', but there are {} MetaGraphs in the SavedModel with tag sets {}. Pass a 'tags=' argument to load "
                'this SavedModel.'.format(len(saved_model.meta_graphs),
                                          [each.meta_info_def.tags for each in saved_model.meta_graphs]))
        return saved_model.meta_graphs[0]
    for meta_graph in saved_model.meta_graphs:
        if set(meta_graph.meta_info_def.tags) == set(tags):
            return meta_graph
    raise RuntimeError('MetaGraphDef associated with tags %s could not be found in SavedModel. To inspect available tag-sets in '
                       'the SavedModel, please use the SavedModel CLI: `saved_model_cli`' % str(set(tags)).strip('[]'))


class _Graph:
    """The graph of a model whose variables are made outside of it."""

    def __init__(self, meta_graph, export_dir):
        self._graph_def = protos.message('tensorflow.GraphDef')()
        self._graph_def.CopyFrom(meta_graph.graph_def)
        self._nodes = {node.name: node for node in self._graph_def.node}
        self._prefix = utils_impl.get_variables_path(export_dir)
        suffix = b'_load_%d' % ops.uid()
        for node in self._graph_def.node:
            function_graphs._own_resources(node, suffix)
            node.attr.pop('_class', None)  # colocation with variables
        self._trainable = self._trainable_names(meta_graph)
        keys = self._checkpoint_keys(meta_graph.saver_def.restore_op_name)
        self._variables = {node.name: self._variable(node, keys.get(node.name)) for node in meta_graph.graph_def.node
                           if node.op == 'VarHandleOp' or node.op in _REFERENCES}
        self.resources = [self._variables[node.name] for node in meta_graph.graph_def.node if node.op == 'VarHandleOp']
        self._without_variables = protos.message('tensorflow.GraphDef')()
        self._without_variables.CopyFrom(meta_graph.graph_def)
        del self._without_variables.node[:]
        left_out = self._left_out()
        for node in self._graph_def.node:
            if node.name not in self._variables and node.name not in left_out:
                self._add(node, self._without_variables)
        anchor = self._without_variables.node.add(name=_ANCHOR, op='Const')
        anchor.attr['dtype'].type = dtypes.float32.as_datatype_enum
        anchor.attr['value'].tensor.CopyFrom(tensor_util.make_tensor_proto(0.))
        self.whole = wrap_function.wrap_function(self._build, [])

    @staticmethod
    def _trainable_names(meta_graph):
        names = set()
        for value in meta_graph.collection_def[ops.GraphKeys.TRAINABLE_VARIABLES].bytes_list.value:
            names.add(protos.message('tensorflow.VariableDef').FromString(value).variable_name.partition(':')[0])
        return names

    def _inputs(self, node):
        return [each.lstrip('^').partition(':')[0] for each in node.input]

    def _checkpoint_keys(self, restore_op):
        """{variable: (key, slice, type)} of what the model's saver restores."""
        keys, seen, waiting = {}, set(), [restore_op.lstrip('^')] if restore_op else []
        while waiting:
            name = waiting.pop()
            if name in seen or name not in self._nodes:
                continue
            seen.add(name)
            node = self._nodes[name]
            waiting += self._inputs(node)
            if node.op not in ('Assign', 'AssignVariableOp'):
                continue
            source = node.input[1]
            while self._nodes[source.partition(':')[0]].op == 'Identity':
                source = self._nodes[source.partition(':')[0]].input[0]
            restore, index = self._nodes[source.partition(':')[0]], int(source.partition(':')[2] or 0)
            if restore.op == 'RestoreV2':
                names, slices = [tensor_util.MakeNdarray(self._nodes[each].attr['value'].tensor)
                                 for each in self._inputs(restore)[1:3]]
                keys[self._inputs(node)[0]] = names[index], slices[index], restore.attr['dtypes'].list.type[index]
        return keys

    def _variable(self, node, key):
        from reflow.ops import gen_io_ops
        from reflow.ops import variables
        dtype, shape = dtypes.as_dtype(node.attr['dtype'].type), tensor_shape.TensorShape(node.attr['shape'].shape)

        def value():
            if key is None:
                return array_ops.zeros(shape, dtype)
            name, part, dtype = key[:3]
            restored, = gen_io_ops.restore_v2(prefix=self._prefix, tensor_names=[name], shape_and_slices=[part], dtypes=[dtype])
            restored.set_shape(shape)
            return restored
        return variables.VariableV1(initial_value=value, trainable=node.name in self._trainable, name=node.name, dtype=dtype,
                                    shape=shape, use_resource=True)

    def _left_out(self):
        """The nodes that change variables in other ways than assignments, such as training does, and those that need them."""
        left_out, grows = set(), True
        for node in self._graph_def.node:
            definition = op_def_registry.op_def(node.op)
            refers = definition is not None and any(arg.is_ref for arg in definition.input_arg)
            if refers and node.op not in _OF_RESOURCES and node.op not in _READERS:
                left_out.add(node.name)
        while grows:
            more = {node.name for node in self._graph_def.node
                    if node.name not in left_out and left_out.intersection(self._inputs(node))}
            left_out |= more
            grows = bool(more)
        return left_out

    def _handles(self, graph_def):
        """What stands for the variables that nodes take in the function that is being traced."""
        used = {name.partition(':')[0] for node in graph_def.node for name in node.input}
        return {name + ':0': array_ops.identity(variable.handle).op.inputs[0] for name, variable in self._variables.items()
                if name in used}

    def _build(self):
        importer.import_graph_def(self._without_variables, name='', input_map=self._handles(self._without_variables))

    def prune(self, feeds, fetches, name=None, input_signature=None):
        """The function that gives `fetches` of the graph, tensors or operations, for the tensors `feeds` of it."""
        del input_signature
        flat_feeds = [self.whole.graph.as_graph_element(feed) for feed in nest.flatten(feeds, expand_composites=True)]
        fetches = nest.map_structure(self.whole._element, fetches)
        flat_fetches = nest.flatten(fetches, expand_composites=True)

        def part(*args):
            graph_def = protos.message('tensorflow.GraphDef')()
            graph_def.CopyFrom(self._without_variables)
            values = {feed.name: value for feed, value in zip(flat_feeds, args)}
            stops = {feed.op.name for feed in flat_feeds} | set(self._variables)
            wrap_function._cut_before(stops, graph_def, [fetch.name.partition(':')[0] for fetch in flat_fetches])
            values.update(self._handles(graph_def))
            found = iter(wrap_function.imported_part(graph_def, values, flat_fetches))
            return nest.pack_sequence_as(fetches, [next(found) for _ in flat_fetches], expand_composites=True)
        specs = [wrap_function._spec_of(feed) for feed in flat_feeds]
        made = wrap_function.WrappedFunction(function.trace(part, name or 'pruned', specs, {}), self.whole._variable_holder)
        made._has_loose_control_flow = any(each.type in ('Switch', 'RefSwitch') for each in made.graph.get_operations())
        return made

    def _add(self, node, graph_def):
        """A node, which takes handles where it took references."""
        refers = [name.partition(':')[0] for name in node.input if not name.startswith('^')]
        refers = [name in self._variables and self._nodes[name].op in _REFERENCES for name in refers]
        added = graph_def.node.add()
        added.CopyFrom(node)
        del added.input[:]
        added.input.extend(name for name in node.input if name.lstrip('^') not in self._variables or not name.startswith('^'))
        if not any(refers):
            return
        if node.op in ('Identity', 'RefIdentity'):
            added.op = 'ReadVariableOp'
        elif node.op in _OF_RESOURCES and refers[0]:
            added.op = _OF_RESOURCES[node.op]
        elif node.op == 'IsVariableInitialized':
            added.op = 'VarIsInitializedOp'
        else:
            self._read_first(added, refers, graph_def)
            return
        dtype = node.attr['T'].type or node.attr['dtype'].type
        added.attr.clear()
        if added.op != 'VarIsInitializedOp':
            added.attr['dtype'].type = dtype

    def _read_first(self, node, refers, graph_def):
        """Has a node take the values of variables."""
        for i, is_reference in enumerate(refers):
            if not is_reference:
                continue
            read = graph_def.node.add()
            read.name = '%s/read_%d' % (node.name, i)
            read.op = 'ReadVariableOp'
            read.input.append(node.input[i])
            read.attr['dtype'].type = self._nodes[node.input[i].partition(':')[0]].attr['dtype'].type
            node.input[i] = read.name


def _init_op_name(meta_graph):
    """The name of what is to be run once; None: nothing."""
    if constants.INIT_OP_SIGNATURE_KEY in meta_graph.signature_def:
        return meta_graph.signature_def[constants.INIT_OP_SIGNATURE_KEY].outputs[constants.INIT_OP_SIGNATURE_KEY].name
    for key in (constants.MAIN_OP_KEY, constants.LEGACY_INIT_OP_KEY):
        names = meta_graph.collection_def[key].node_list.value if key in meta_graph.collection_def else []
        if len(names) > 1:
            raise RuntimeError('Expected exactly one SavedModel init op. Found: {}'.format(names))
        if names:
            return names[0]
    return None


def _signature(graph, signature_def):
    names = sorted(signature_def.inputs)
    made = graph.prune([signature_def.inputs[name].name for name in names], dict(signature_def.outputs))
    made._arg_keywords = names
    made._num_positional_args = 1 if len(names) == 1 else 0
    made._takes_keywords = True
    return made


def load(export_dir, tags):
    """(An object with the `signatures` of a SavedModel of TensorFlow 1, its `variables`, `graph` and `prune`; the MetaGraphDef)."""
    meta_graph = _meta_graph_of(export_dir, tags)
    graph = _Graph(meta_graph, export_dir)
    root = tracking.AutoTrackable()
    root.asset_paths = [tracking.TrackableAsset(path) for path in loader_impl.get_asset_tensors(export_dir, meta_graph).values()]
    init_op = _init_op_name(meta_graph)
    feeds = [] if init_op is None else list(loader_impl.get_asset_tensors(export_dir, meta_graph))
    root.initializer = _Initializer(graph.prune(feeds, [_ANCHOR + ':0'] + ([] if init_op is None else [init_op])),
                                    root.asset_paths if feeds else [])
    done = root.initializer._initialize()
    if not _core.executing_eagerly():
        ops.add_to_collection(ops.GraphKeys.TABLE_INITIALIZERS, done[0].op)
    signatures = signature_map.SignatureMap()
    for key, signature_def in meta_graph.signature_def.items():
        if key != constants.INIT_OP_SIGNATURE_KEY:
            signatures._add_signature(key, _signature(graph, signature_def))
    root.signatures = signatures
    root.variables = graph.resources
    root.graph = graph.whole.graph
    root.prune = graph.prune
    return root, meta_graph
