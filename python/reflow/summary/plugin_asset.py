"""Files of TensorBoard plugins that belong to a graph and are written with it."""
import abc

from reflow.framework import ops

_PLUGIN_ASSET_PREFIX = '__tensorboard_plugin_asset__'


def _asset_in(graph, plugin_name):
    """The asset of a plugin that has one in the graph."""
    found = graph.get_collection(_PLUGIN_ASSET_PREFIX + plugin_name)
    if len(found) != 1:
        raise ValueError('Collection for %s had %d items, expected 1' % (_PLUGIN_ASSET_PREFIX + plugin_name, len(found)))
    return found[0]


def get_plugin_asset(plugin_asset_cls, graph=None):
    """The PluginAsset of that class in a graph, made where there is none."""
    graph, plugin = graph or ops.get_default_graph(), plugin_asset_cls.plugin_name
    if not plugin:
        raise ValueError('Class %s has no plugin_name' % plugin_asset_cls.__name__)
    if not graph.get_collection(_PLUGIN_ASSET_PREFIX + plugin):
        graph.add_to_collection(_PLUGIN_ASSET_PREFIX + plugin, plugin_asset_cls())
        graph.add_to_collection(_PLUGIN_ASSET_PREFIX, plugin)
    asset = _asset_in(graph, plugin)
    if isinstance(asset, plugin_asset_cls):
        return asset
    raise ValueError('Plugin name collision between classes %s and %s' % (plugin_asset_cls.__name__, type(asset).__name__))


def get_all_plugin_assets(graph=None):
    """The PluginAssets of a graph."""
    graph = graph or ops.get_default_graph()
    return [_asset_in(graph, plugin) for plugin in graph.get_collection(_PLUGIN_ASSET_PREFIX)]


class PluginAsset(metaclass=abc.ABCMeta):
    """Derive from it, give it a plugin_name, and let assets() tell the files."""

    plugin_name = None

    @abc.abstractmethod
    def assets(self):
        """A dict of file names and their content."""
        raise NotImplementedError()
