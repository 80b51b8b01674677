#include "reflow/runtime/partition.h"

#include <map>
#include <string>
#include <utility>

#include "reflow/graph/graph_def.h"
#include "tensorflow/core/framework/graph.pb.h"

namespace reflow::runtime {
namespace {

using graph::Endpoint;
using graph::Node;
using tensorflow::GraphDef;
using tensorflow::NodeDef;

class Partitioner {
 public:
  explicit Partitioner(const Plan& plan) : plan_(plan) {}

  std::vector<GraphDef> run() {
    for (const Node* node : plan_.graph->nodes()) add(*node);
    std::vector<GraphDef> result;
    for (auto& [device, graph] : parts_) {
      graph.mutable_versions()->set_producer(plan_.graph->versions.producer);
      graph.mutable_versions()->set_min_consumer(plan_.graph->versions.min_consumer);
      result.push_back(std::move(graph));
    }
    return result;
  }

 private:
  static int device_of(const Node& node) {
    // What is fetched is handed out where it is made.
    const Node& placed = node.type() == "_Fetch" ? *node.input(0).node : node;
    return std::max(0, placed.assigned_device());
  }
  const std::string& device_name(int device) const { return plan_.devices[device]->name(); }

  void add(const Node& node) {
    const int device = device_of(node);
    NodeDef def;
    graph::node_to_proto(node, &def);
    if (node.type() == "_Feed") def.set_op("_Arg");
    if (node.type() == "_Fetch") def.set_op("_Retval");
    def.set_device(device_name(device));
    def.clear_input();
    for (const Endpoint& input : node.inputs()) def.add_input(received(input, device));
    for (Node* input : node.control_inputs()) def.add_input("^" + received_control(input, device));
    *parts_[device].add_node() = std::move(def);
  }

  // The name under which `value` is known on `device`.
  std::string received(const Endpoint& value, int device) {
    const std::string name = value.index == 0 ? value.node->name() : value.name();
    if (device_of(*value.node) == device) return name;
    std::string& known = received_[{value.node, value.index, device}];
    if (known.empty()) known = transfer(name, value.node->name(), base_type(value.dtype()), device_of(*value.node), device);
    return known;
  }

  std::string received_control(Node* source, int device) {
    if (device_of(*source) == device) return source->name();
    std::string& known = received_[{source, -1, device}];
    if (!known.empty()) return known;
    // A control edge travels as a constant that waits for its source.
    const int from = device_of(*source);
    NodeDef& constant = *parts_[from].add_node();
    constant.set_name(new_name(source->name()));
    constant.set_op("Const");
    constant.set_device(device_name(from));
    constant.add_input("^" + source->name());
    (*constant.mutable_attr())["dtype"].set_type(tensorflow::DT_FLOAT);
    tensorflow::TensorProto* value = (*constant.mutable_attr())["value"].mutable_tensor();
    value->set_dtype(tensorflow::DT_FLOAT);
    value->mutable_tensor_shape()->add_dim()->set_size(0);
    const std::string constant_name = constant.name();
    return known = transfer(constant_name, source->name(), DType::kFloat32, from, device);
  }

  // Adds the pair of _Send and _Recv; the latter's name.
  std::string transfer(const std::string& input, const std::string& source, DType type, int from, int to) {
    const std::string tensor_name = fmt::format("edge_{}_{}", ++num_edges_, source);
    NodeDef& send = *parts_[from].add_node();
    send.set_name(new_name(source));
    send.set_op("_Send");
    send.add_input(input);
    (*send.mutable_attr())["T"].set_type(static_cast<tensorflow::DataType>(type));
    describe_transfer(tensor_name, from, to, from, &send);
    NodeDef& recv = *parts_[to].add_node();
    recv.set_name(new_name(source));
    recv.set_op("_Recv");
    (*recv.mutable_attr())["tensor_type"].set_type(static_cast<tensorflow::DataType>(type));
    describe_transfer(tensor_name, from, to, to, &recv);
    return recv.name();
  }

  void describe_transfer(const std::string& tensor_name, int from, int to, int at, NodeDef* def) const {
    auto& attrs = *def->mutable_attr();
    attrs["tensor_name"].set_s(tensor_name);
    attrs["send_device"].set_s(device_name(from));
    attrs["recv_device"].set_s(device_name(to));
    attrs["send_device_incarnation"].set_i(1);
    attrs["client_terminated"].set_b(false);
    def->set_device(device_name(at));
  }

  std::string new_name(const std::string& source) { return fmt::format("{}/_{}", source, num_names_++); }

  const Plan& plan_;
  std::map<int, GraphDef> parts_;
  std::map<std::tuple<const Node*, int, int>, std::string> received_;
  int num_edges_ = 0, num_names_ = 0;
};

// One part.
class CostNodes {
 public:
  CostNodes(const GraphDef& part, const std::map<std::string, const Node*>& nodes, std::vector<CostNode>* all)
      : part_(part), nodes_(nodes), all_(*all), first_(all->size()) {}

  void add() {
    all_.push_back({.id = kSource, .name = "_SOURCE"});
    all_.push_back({.id = kSink, .name = "_SINK", .control_inputs = {kSource}});
    for (const NodeDef& def : part_.node()) ids_.emplace(def.name(), kSink + 1 + static_cast<int>(ids_.size()));
    std::vector<bool> is_read(ids_.size() + kSink + 1);
    for (const NodeDef& def : part_.node()) {
      add(def);
      for (const CostNode::Input& input : all_.back().inputs) is_read[input.node] = true;
      for (const int input : all_.back().control_inputs) is_read[input] = true;
    }
    for (size_t id = kSink + 1; id < is_read.size(); ++id) {
      if (!is_read[id]) all_[first_ + kSink].control_inputs.push_back(static_cast<int>(id));
    }
  }

 private:
  static constexpr int kSource = 0, kSink = 1;

  void add(const NodeDef& def) {
    CostNode node{.id = ids_.at(def.name()), .name = def.name(), .device = def.device(), .is_final = def.op() == "_Send"};
    for (const std::string& input : def.input()) {
      if (input.starts_with('^')) {
        node.control_inputs.push_back(ids_.at(input.substr(1)));
        continue;
      }
      const size_t colon = input.find(':');
      node.inputs.push_back({ids_.at(input.substr(0, colon)), colon == std::string::npos ? 0 : std::stoi(input.substr(colon + 1))});
    }
    if (def.input().empty()) node.control_inputs.push_back(kSource);
    if (const auto found = nodes_.find(def.name()); found != nodes_.end()) {
      for (int i = 0; i < found->second->num_outputs(); ++i) {
        node.outputs.push_back({i, found->second->output_type(i), found->second->output_shape(i), 0, 0});
      }
    } else if (def.op() == "_Recv") {
      node.outputs.push_back({0, DType::kInvalid, Shape::unknown(), -1, 0});
    }
    all_.push_back(std::move(node));
  }

  const GraphDef& part_;
  const std::map<std::string, const Node*>& nodes_;
  std::vector<CostNode>& all_;
  const size_t first_;
  std::map<std::string, int> ids_;
};

}  // namespace

std::vector<std::string> partition_graphs(const Plan& plan) {
  std::vector<std::string> texts;
  for (const GraphDef& part : Partitioner(plan).run()) texts.push_back(part.SerializeAsString());
  return texts;
}

std::vector<CostNode> cost_nodes(const Plan& plan) {
  std::map<std::string, const Node*> nodes;
  for (const Node* node : plan.graph->nodes()) nodes.emplace(node->name(), node);
  std::vector<CostNode> all;
  for (const GraphDef& part : Partitioner(plan).run()) CostNodes(part, nodes, &all).add();
  return all;
}

}  // namespace reflow::runtime
