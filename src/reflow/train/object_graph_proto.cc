#include <tensorflow/core/protobuf/trackable_object_graph.pb.h>

#include "reflow/client/errors.h"
#include "reflow/train/object_graph.h"

namespace reflow::train {

std::string ObjectGraph::serialize() const {
  tensorflow::TrackableObjectGraph graph;
  for (const Node& node : nodes) {
    auto* object = graph.add_nodes();
    for (const Child& child : node.children) {
      auto* reference = object->add_children();
      reference->set_node_id(child.node);
      reference->set_local_name(child.name);
    }
    for (const Attribute& attribute : node.attributes) {
      auto* tensor = object->add_attributes();
      tensor->set_name(attribute.name);
      tensor->set_full_name(attribute.full_name);
      tensor->set_checkpoint_key(attribute.key);
    }
    for (const Slot& slot : node.slots) {
      auto* reference = object->add_slot_variables();
      reference->set_original_variable_node_id(slot.original);
      reference->set_slot_name(slot.name);
      reference->set_slot_variable_node_id(slot.node);
    }
  }
  return graph.SerializeAsString();
}

ObjectGraph ObjectGraph::parse(std::string_view bytes) {
  tensorflow::TrackableObjectGraph graph;
  if (!graph.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) || graph.nodes().empty()) {
    throw ValueError("The checkpoint's graph of objects is damaged");
  }
  const auto checked = [&](int id) {
    if (id < 0 || id >= graph.nodes_size()) {
      throw ValueError("The checkpoint's graph of objects names an object that isn't there");
    }
    return id;
  };
  ObjectGraph parsed;
  for (const auto& object : graph.nodes()) {
    Node& node = parsed.nodes.emplace_back();
    for (const auto& child : object.children()) node.children.push_back({checked(child.node_id()), child.local_name()});
    for (const auto& tensor : object.attributes()) {
      node.attributes.push_back({tensor.name(), tensor.full_name(), tensor.checkpoint_key()});
    }
    for (const auto& slot : object.slot_variables()) {
      node.slots.push_back({checked(slot.original_variable_node_id()), slot.slot_name(),
                            checked(slot.slot_variable_node_id())});
    }
  }
  return parsed;
}

}  // namespace reflow::train
