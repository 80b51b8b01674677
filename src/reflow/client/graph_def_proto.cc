#include "reflow/graph/graph_def.h"

#include <tensorflow/core/framework/graph.pb.h>

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "reflow/client/graph_state.h"
#include "reflow/client/scopes.h"
#include "reflow/client/status_errors.h"

namespace reflow {
namespace {

// True when `key` of an input map, "name:0" or "^name", names something of the proto, whose nodes are now `made`.
bool is_known(const tensorflow::GraphDef& proto, const std::vector<graph::Node*>& made, const std::string& key) {
  const bool is_control = key.starts_with('^');
  const size_t colon = key.find(':');
  const std::string name = is_control ? key.substr(1) : key.substr(0, colon);
  for (int i = 0; i < proto.node_size(); ++i) {
    if (proto.node(i).name() == name) return is_control || std::atoi(key.c_str() + colon + 1) < made[i]->num_outputs();
  }
  return false;
}

}  // namespace

std::string Graph::as_graph_def(bool add_shapes) const {
  tensorflow::GraphDef proto;
  {
    const std::lock_guard lock(impl().mutex());
    graph::export_graph_def(impl(), {.add_shapes = add_shapes}, &proto);
  }
  return proto.SerializeAsString();
}

std::vector<GraphElement> import_graph_def(std::string_view graph_def, const ImportGraphDefOptions& options) {
  tensorflow::GraphDef proto;
  if (!proto.ParseFromArray(graph_def.data(), static_cast<int>(graph_def.size()))) {
    throw ValueError("graph_def is not a serialized GraphDef.");
  }
  graph::ImportOptions import;
  import.prefix.clear();
  if (!options.name.empty()) {
    const name_scope scope(options.name);
    import.prefix = scope.name().substr(0, scope.name().size() - 1);
  }
  import.uniquify_names = true;
  for (const auto& [name, value] : options.input_map) {
    if (name.starts_with('^')) {
      import.control_input_map[name.substr(1)] = value.node();
      continue;
    }
    const std::string key = name.find(':') == std::string::npos ? name + ":0" : name;
    import.input_map[key] = {value.node(), value.index()};
  }
  import.return_elements = options.return_elements;
  import.apply_scopes = true;
  StatusOr<graph::ImportResult> imported = graph::import_graph_def(proto, import, &client::default_graph());
  if (!imported.ok() && imported.status().code() != StatusCode::kInvalidArgument) {
    errors::from_status(imported.status());
  }
  graph::ImportResult result = check_building(std::move(imported));
  std::erase_if(result.unused_input_map_keys, [&](const std::string& key) { return is_known(proto, result.nodes, key); });
  if (!result.unused_input_map_keys.empty()) {
    throw ValueError(fmt::format("Attempted to map inputs that were not found in graph_def: [{}]",
                                 fmt::join(result.unused_input_map_keys, ", ")));
  }
  std::vector<GraphElement> elements;
  for (const graph::Endpoint& e : result.return_endpoints) {
    if (e.index < 0) elements.emplace_back(Operation(e.node));
    else elements.emplace_back(Output(e.node, e.index));
  }
  return elements;
}

}  // namespace reflow
