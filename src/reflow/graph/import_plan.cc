#include <absl/container/flat_hash_set.h>

#include <algorithm>
#include <charconv>
#include <queue>

#include "reflow/graph/graph_import.h"
#include "tensorflow/core/framework/graph.pb.h"

namespace reflow::graph {
namespace {

bool is_next_iteration(const tensorflow::NodeDef& node) { return node.op() == "NextIteration" || node.op() == "RefNextIteration"; }
bool is_merge(const tensorflow::NodeDef& node) { return node.op() == "Merge" || node.op() == "RefMerge"; }

// Finds names for the nodes that the graph doesn't have yet.
class Namer {
 public:
  Namer(const tensorflow::GraphDef& proto, const ImportOptions& options, const Graph& graph)
      : proto_(proto), options_(options), graph_(graph), prefix_(options.prefix) {
    while (prefix_.ends_with('/')) prefix_.pop_back();
  }

  Status name_all(ImportPlan* plan) {
    if (options_.uniquify_names || options_.uniquify_prefix) collect_prefixes();
    if (options_.uniquify_prefix && !prefix_.empty()) {
      const std::string wanted = prefix_;
      for (int n = 1; exists(prefix_); ++n) prefix_ = wanted + "_" + std::to_string(n);
    }
    for (int i = 0; i < proto_.node_size(); ++i) {
      const std::string& name = proto_.node(i).name();
      std::string& full = plan->nodes[i].name = prefix_.empty() ? name : prefix_ + "/" + name;
      if (options_.uniquify_names && exists(full)) {
        const std::string wanted = full;
        int n = 0;
        do full = wanted + "_" + std::to_string(++n);
        while (exists(full) || in_proto(*plan, full));
        prefixes_.insert(full);
      }
      if (graph_.find(full)) return invalid_argument("Node name '{}' already exists in the Graph", full);
    }
    return OkStatus();
  }

 private:
  void collect_prefixes() {
    for (const Node* node : graph_.nodes()) {
      const std::string& name = node->name();
      for (size_t slash = name.find('/'); slash != std::string::npos; slash = name.find('/', slash + 1)) {
        prefixes_.insert(name.substr(0, slash));
      }
    }
  }
  bool exists(const std::string& name) const { return graph_.find(name) || prefixes_.contains(name); }
  bool in_proto(const ImportPlan& plan, const std::string& full) const {
    std::string_view name = full;
    if (!prefix_.empty()) name.remove_prefix(prefix_.size() + 1);
    return plan.by_name.contains(name);
  }

  const tensorflow::GraphDef& proto_;
  const ImportOptions& options_;
  const Graph& graph_;
  std::string prefix_;
  absl::flat_hash_set<std::string> prefixes_;  // scopes of the graph's nodes
};

Status check_output(const std::string& node, const Endpoint& mapped) {
  if (mapped.node && mapped.index >= 0 && mapped.index < mapped.node->num_outputs()) return OkStatus();
  return invalid_argument("Node '{}': input_map gives output {} of node {} which has {} outputs.", node, mapped.index,
                          mapped.node ? mapped.node->name() : "", mapped.node ? mapped.node->num_outputs() : 0);
}

Status read_inputs(const tensorflow::GraphDef& proto, const ImportOptions& options, ImportPlan* plan) {
  absl::flat_hash_set<std::string> used_keys;
  for (int i = 0; i < proto.node_size(); ++i) {
    const tensorflow::NodeDef& node = proto.node(i);
    bool controls_began = false;
    for (const std::string& text : node.input()) {
      const InputName name = InputName::parse(text);
      ImportInput input{.node = -1, .index = name.index, .mapped = {}, .control = nullptr};
      if (name.index < 0) {
        controls_began = true;
        if (const auto it = options.control_input_map.find(std::string(name.node)); it != options.control_input_map.end()) {
          input.control = it->second;
          used_keys.insert("^" + it->first);
        }
      } else {
        if (controls_began) {
          return invalid_argument("Node '{}': Control dependencies must come after regular dependencies", node.name());
        }
        std::string key(name.node);
        key += ":" + std::to_string(name.index);
        auto it = options.input_map.find(key);
        if (it == options.input_map.end() && name.index == 0) it = options.input_map.find(std::string(name.node));
        if (it != options.input_map.end()) {
          RETURN_IF_ERROR(check_output(node.name(), it->second));
          input.mapped = it->second;
          used_keys.insert(it->first);
        }
      }
      if (!input.mapped && !input.control) {
        const auto it = plan->by_name.find(name.node);
        if (it == plan->by_name.end()) return invalid_argument("Node '{}': Unknown input node '{}'", node.name(), text);
        input.node = it->second;
      }
      plan->nodes[i].inputs.push_back(input);
    }
  }
  for (const auto& [key, endpoint] : options.input_map) {
    if (!used_keys.contains(key)) plan->unused_input_map_keys.push_back(key);
  }
  for (const auto& [key, node] : options.control_input_map) {
    if (!used_keys.contains("^" + key)) plan->unused_input_map_keys.push_back("^" + key);
  }
  return OkStatus();
}

// An order in which every node comes after its inputs, the earliest of the proto first. A Merge that a NextIteration
// feeds needs one of its inputs only.
Status find_order(const tensorflow::GraphDef& proto, ImportPlan* plan) {
  const int n = proto.node_size();
  std::vector<int> pending(n, 0);
  std::vector<std::vector<int>> readers(n);
  for (int i = 0; i < n; ++i) {
    ImportNode& node = plan->nodes[i];
    int controls = 0, data = 0;
    bool has_mapped = false;
    for (const ImportInput& input : node.inputs) {
      if (input.node < 0) {
        has_mapped = has_mapped || input.index >= 0;
        continue;
      }
      readers[input.node].push_back(i);
      ++(input.index < 0 ? controls : data);
      if (input.index >= 0 && is_merge(proto.node(i)) && is_next_iteration(proto.node(input.node))) node.waits_for_one = true;
    }
    pending[i] = node.waits_for_one ? controls + (has_mapped ? 0 : 1) : controls + data;
  }
  std::priority_queue<int, std::vector<int>, std::greater<>> ready;
  for (int i = 0; i < n; ++i) {
    if (pending[i] == 0) ready.push(i);
  }
  while (!ready.empty()) {
    const int next = ready.top();
    ready.pop();
    plan->order.push_back(next);
    for (const int reader : readers[next]) {
      if (--pending[reader] == 0) ready.push(reader);
    }
  }
  const int left = n - static_cast<int>(plan->order.size());
  return left == 0 ? OkStatus() : invalid_argument("{} nodes in a cycle", left);
}

}  // namespace

InputName InputName::parse(std::string_view text) {
  if (text.starts_with('^')) return {text.substr(1), -1};
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon + 1 == text.size()) return {text, 0};
  int index = 0;
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data() + colon + 1, last, index);
  if (error != std::errc() || end != last || index < 0) return {text, 0};
  return {text.substr(0, colon), index};
}

StatusOr<ImportPlan> plan_import(const tensorflow::GraphDef& proto, const ImportOptions& options, const Graph& graph) {
  ImportPlan plan;
  plan.nodes.resize(proto.node_size());
  plan.by_name.reserve(proto.node_size());
  for (int i = 0; i < proto.node_size(); ++i) {
    const std::string& name = proto.node(i).name();
    // Nodes of internal ops, which the parts of a distributed session have, are called "_recv_x_0" and the like.
    const bool is_internal = name.starts_with('_') && proto.node(i).op().starts_with('_');
    if (!is_valid_op_name(std::string_view(name).substr(is_internal))) return invalid_argument("Node '{}': Node name contains invalid characters", name);
    if (!plan.by_name.try_emplace(name, i).second) return invalid_argument("Node '{}' is not unique", name);
  }
  RETURN_IF_ERROR(read_inputs(proto, options, &plan));
  RETURN_IF_ERROR(Namer(proto, options, graph).name_all(&plan));
  RETURN_IF_ERROR(find_order(proto, &plan));
  return plan;
}

}  // namespace reflow::graph
