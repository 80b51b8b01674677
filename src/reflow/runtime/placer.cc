#include "reflow/runtime/placer.h"

#include <absl/container/flat_hash_map.h>

#include <numeric>
#include <string>

#include "reflow/graph/device_spec.h"
#include "reflow/op/kernel_registry.h"

namespace reflow::runtime {
namespace {

using graph::DeviceSpec;
using graph::Node;
using Devices = std::span<const std::unique_ptr<op::Device>>;

// Nodes that have to share a device: union-find over node ids.
class Groups {
 public:
  explicit Groups(int n) : parent_(n) { std::iota(parent_.begin(), parent_.end(), 0); }
  int find(int i) {
    while (parent_[i] != i) i = parent_[i] = parent_[parent_[i]];
    return i;
  }
  // The smaller id leads, so that the node made first decides.
  void merge(int a, int b) {
    a = find(a);
    b = find(b);
    if (a != b) parent_[std::max(a, b)] = std::min(a, b);
  }

 private:
  std::vector<int> parent_;
};

std::string join_names(Devices devices) {
  std::string names;
  for (const auto& device : devices) names += (names.empty() ? "" : ", ") + device->name();
  return names;
}

Status cannot_assign(const Node& node, Devices devices) {
  return invalid_argument(
      "Cannot assign a device for operation {0}: {{{{node {0}}}}} was explicitly assigned to {1} but available devices "
      "are [ {2} ]. Make sure the device specification refers to a valid device.\n\t [[{0}]]",
      node.name(), node.device(), join_names(devices));
}

bool takes_ref(const Node& node, int input) {
  int index = 0;
  for (const graph::ArgDef& arg : node.op().inputs) {
    // Only arguments before a list are found by position; lists of references are but RefMerge's and its kin's.
    if (arg.is_list() || index++ == input) return arg.is_ref;
  }
  return false;
}

class Placer {
 public:
  Placer(graph::Graph& graph, Devices devices, bool soft)
      : graph_(graph), devices_(devices), soft_(soft), groups_(graph.num_node_ids()) {
    for (const auto& device : devices) specs_.push_back(*DeviceSpec::parse(device->name()));
  }

  Status run() {
    const std::vector<Node*> nodes = graph_.nodes();
    if (devices_.size() > 1) colocate(nodes);
    std::vector<DeviceSpec> wanted(graph_.num_node_ids());  // by group: what its nodes ask for together
    for (Node* node : nodes) {
      if (node->device().empty()) continue;
      ASSIGN_OR_RETURN(const DeviceSpec request, requested(*node));
      DeviceSpec& group = wanted[groups_.find(node->id())];
      if (agree(group, request)) group = group.overridden_by(request);
    }
    std::vector<int> chosen(graph_.num_node_ids(), -1);
    for (Node* node : nodes) {
      const int group = groups_.find(node->id());
      if (chosen[group] < 0) chosen[group] = std::max(0, find(wanted[group]));
      node->set_assigned_device(chosen[group]);
    }
    return OkStatus();
  }

 private:
  void colocate(const std::vector<Node*>& nodes) {
    absl::flat_hash_map<std::string, int> first_of_group;
    for (Node* node : nodes) {
      for (const std::string& group : node->colocation_groups()) {
        if (const Node* leader = graph_.find(group)) {
          groups_.merge(node->id(), leader->id());
        } else {
          const auto [found, added] = first_of_group.emplace(group, node->id());
          if (!added) groups_.merge(node->id(), found->second);
        }
      }
      for (int i = 0; i < node->num_inputs(); ++i) {
        const graph::Endpoint& input = node->input(i);
        // A reference, like a resource, can only be used where it lives; its value anywhere.
        const bool stays = input.dtype() == DType::kResource || (is_ref(input.dtype()) && takes_ref(*node, i));
        if (stays) groups_.merge(node->id(), input.node->id());
      }
    }
  }

  static bool agree(const DeviceSpec& a, const DeviceSpec& b) {
    const auto same = [](const auto& x, const auto& y, const auto& unsaid) { return x == y || x == unsaid || y == unsaid; };
    return same(a.job, b.job, "") && same(a.replica, b.replica, -1) && same(a.task, b.task, -1) &&
           same(a.type, b.type, "") && same(a.index, b.index, -1);
  }

  // The first device that matches; -1: none.
  int find(const DeviceSpec& spec) const {
    for (size_t i = 0; i < specs_.size(); ++i) {
      if (spec.matches(specs_[i])) return static_cast<int>(i);
    }
    return -1;
  }

  // What a node asks for, as far as there is such a device. A device that isn't there is an error also where the nodes that
  // it is colocated with have one.
  StatusOr<DeviceSpec> requested(const Node& node) {
    // Programs ask for the same few devices over and over.
    if (const auto known = requests_.find(node.device()); known != requests_.end()) return known->second;
    auto spec = DeviceSpec::parse(node.device());
    if (!spec.ok()) {
      return append_message(invalid_argument("Malformed device specification '{}' in node: {{{{node {}}}}}: ",
                                             node.device(), node.name()),
                            message_of(spec.status()));
    }
    if (find(*spec) < 0) {
      if (!soft_) return cannot_assign(node, devices_);
      // Another device of the same task, if it can be.
      spec->type.clear();
      spec->index = -1;
      if (find(*spec) < 0) *spec = DeviceSpec();
    }
    requests_.emplace(node.device(), *spec);
    return *spec;
  }

  graph::Graph& graph_;
  Devices devices_;
  bool soft_;
  Groups groups_;
  std::vector<DeviceSpec> specs_;
  absl::flat_hash_map<std::string, DeviceSpec> requests_;
};

}  // namespace

Status place(graph::Graph& graph, Devices devices, bool allow_soft_placement) {
  return Placer(graph, devices, allow_soft_placement).run();
}

}  // namespace reflow::runtime
