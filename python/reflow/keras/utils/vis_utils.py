"""Drawings of models, by the programs of Graphviz and the package pydot."""

import os


def _pydot():
    try:
        import pydot
    except ImportError:
        raise ImportError('Failed to import pydot. You must install pydot and graphviz for `pydotprint` to work.') from None
    return pydot


def model_to_dot(model, show_shapes=False, show_layer_names=True, rankdir='TB', expand_nested=False, dpi=96, subgraph=False):
    """A model as a graph of pydot."""
    pydot = _pydot()
    dot = pydot.Cluster(style='dashed', graph_name=model.name) if subgraph else pydot.Dot()
    if subgraph:
        dot.set('label', model.name)
        dot.set('labeljust', 'l')
    else:
        dot.set('rankdir', rankdir)
        dot.set('concentrate', True)
        dot.set('dpi', dpi)
        dot.set_node_defaults(shape='record')
    layers = model._layers
    for layer in layers:
        dot.add_node(pydot.Node(str(id(layer)), label=_label(layer, show_shapes, show_layer_names)))
    for layer in layers:
        for node in layer._inbound_nodes:
            if node.key in model._network_nodes:
                for inbound, _, _, _ in node.inbound():
                    if not dot.get_edge(str(id(inbound)), str(id(layer))):
                        dot.add_edge(pydot.Edge(str(id(inbound)), str(id(layer))))
    return dot


def _label(layer, show_shapes, show_layer_names):
    kind = type(layer).__name__
    if hasattr(layer, 'layer'):
        kind = '{}({})'.format(kind, type(layer.layer).__name__)
    label = '{}: {}'.format(layer.name, kind) if show_layer_names else kind
    if not show_shapes:
        return label

    def text(name):
        try:
            return str(getattr(layer, name))
        except AttributeError:
            return 'multiple' if name == 'output_shape' else '?'

    return '%s\n|{input:|output:}|{{%s}|{%s}}' % (label, text('input_shape'), text('output_shape'))


def plot_model(model, to_file='model.png', show_shapes=False, show_layer_names=True, rankdir='TB', expand_nested=False,
               dpi=96):
    """Draws a model into a file."""
    dot = model_to_dot(model, show_shapes=show_shapes, show_layer_names=show_layer_names, rankdir=rankdir,
                       expand_nested=expand_nested, dpi=dpi)
    extension = os.path.splitext(to_file)[1][1:] or 'png'
    dot.write(to_file, format=extension)
