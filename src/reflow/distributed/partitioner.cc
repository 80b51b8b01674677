#include "reflow/distributed/partitioner.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "reflow/distributed/loop_frames.h"
#include "reflow/distributed/task_loops.h"
#include "reflow/graph/function_library.h"
#include "reflow/graph/graph_def.h"
#include "reflow/op/rendezvous.h"
#include "tensorflow/core/framework/graph.pb.h"

namespace reflow::distributed {
namespace {

using graph::Endpoint;
using graph::Node;
using tensorflow::GraphDef;
using tensorflow::NodeDef;

class Partitioner {
 public:
  Partitioner(const graph::Subgraph& subgraph, const std::vector<ClusterDevice>& devices, const ClusterDevice& client,
              const std::vector<std::string>& feed_names, const std::vector<std::string>& fetch_names)
      : subgraph_(subgraph), devices_(devices), client_(client), feed_names_(feed_names), fetch_names_(fetch_names),
        frames_(LoopFrames::find(*subgraph.graph)), loops_(subgraph.graph.get(), frames_) {}

  StatusOr<std::vector<GraphPart>> run() {
    if (frames_.frames.size() > 1) RETURN_IF_ERROR(add_loops());
    for (const Node* node : subgraph_.graph->nodes()) names_.insert(node->name());
    for (const Node* node : subgraph_.graph->nodes()) {
      if (node->type() == "_Feed" && node->consumers().empty()) continue;  // nobody needs it
      RETURN_IF_ERROR(add(*node));
    }
    std::vector<GraphPart> result;
    for (auto& [task, part] : parts_) {
      part.graph.mutable_versions()->set_producer(subgraph_.graph->versions.producer);
      part.graph.mutable_versions()->set_min_consumer(subgraph_.graph->versions.min_consumer);
      if (functions_ != nullptr) functions_->to_proto(part.graph.mutable_library());
      part.ends.task = task;
      part.ends.graph_def = part.graph.SerializeAsString();
      result.push_back(std::move(part.ends));
    }
    return result;
  }

  void set_functions(const graph::FunctionLibrary* functions) { functions_ = functions; }

 private:
  struct Part {
    GraphDef graph;
    GraphPart ends;
  };

  const ClusterDevice& device_of(const Node& node) const {
    if (node.type() == "_Feed" || node.type() == "_Fetch") return client_;
    return devices_[std::max(0, node.assigned_device())];
  }
  Part& part_of(const ClusterDevice& device) { return parts_[device.task]; }

  Status add(const Node& node) {
    const ClusterDevice& device = device_of(node);
    NodeDef def;
    graph::node_to_proto(node, &def);
    def.set_device(device.name);
    def.clear_input();
    std::vector<NodeDef*> reads;  // what receives a variable
    for (const Endpoint& input : node.inputs()) {
      def.add_input(is_read(input, device) ? read(input, device, &reads) : received(input, device));
    }
    for (Node* input : node.control_inputs()) def.add_input("^" + received_control(input, device));
    read_last(node, def, device, reads);
    if (node.type() == "_Feed") return add_feed(node, device, std::move(def));
    if (node.type() == "_Fetch") return add_fetch(node, device, std::move(def));
    *part_of(device).graph.add_node() = std::move(def);
    return OkStatus();
  }

  Status add_feed(const Node& node, const ClusterDevice& device, NodeDef def) {
    const auto number = static_cast<int>(std::find(subgraph_.feeds.begin(), subgraph_.feeds.end(), &node) - subgraph_.feeds.begin());
    def.set_op("_Recv");
    def.set_name(name_of(node));
    def.clear_attr();
    (*def.mutable_attr())["tensor_type"].set_type(static_cast<tensorflow::DataType>(node.output_type(0)));
    const std::string key = describe_transfer(feed_names_[number], client_, client_, true, &def);
    Part& part = part_of(device);
    part.ends.feeds.emplace_back(number, key);
    *part.graph.add_node() = std::move(def);
    return OkStatus();
  }

  Status add_fetch(const Node& node, const ClusterDevice& device, NodeDef def) {
    const auto number = static_cast<int>(std::find(subgraph_.fetches.begin(), subgraph_.fetches.end(), &node) - subgraph_.fetches.begin());
    def.set_op("_Send");
    def.set_name("_send_" + as_node_name(fetch_names_[number]));
    def.clear_attr();
    (*def.mutable_attr())["T"].set_type(static_cast<tensorflow::DataType>(base_type(node.input(0).dtype())));
    const std::string key = describe_transfer(fetch_names_[number], client_, client_, true, &def);
    Part& part = part_of(device);
    part.ends.fetches.emplace_back(number, key);
    *part.graph.add_node() = std::move(def);
    return OkStatus();
  }

  static std::string as_node_name(std::string tensor_name) {
    std::ranges::replace(tensor_name, ':', '_');
    return tensor_name;
  }

  // The name that the node has in its part.
  std::string name_of(const Node& node) const {
    if (node.type() != "_Feed") return node.name();
    const auto number = std::find(subgraph_.feeds.begin(), subgraph_.feeds.end(), &node) - subgraph_.feeds.begin();
    return "_recv_" + as_node_name(feed_names_[number]);
  }

  // Where values are received within loops.
  Status add_loops() {
    for (const Node* node : subgraph_.graph->nodes()) {
      const ClusterDevice& device = device_of(*node);
      const auto receive = [&](const Node& source) {
        if (device_of(source).task == device.task) return OkStatus();
        return loops_.add(loops_.frame_of(source), device.task, std::max(0, node->assigned_device()));
      };
      for (const Endpoint& input : node->inputs()) RETURN_IF_ERROR(receive(*input.node));
      for (const Node* input : node->control_inputs()) RETURN_IF_ERROR(receive(*input));
    }
    return OkStatus();
  }

  // Whether the value of a variable of another task is read.
  bool is_read(const Endpoint& value, const ClusterDevice& device) const {
    return is_ref(value.dtype()) && device_of(*value.node).task != device.task;
  }

  // Receives the variable for this one reader: others may read before or after it has changed.
  std::string read(const Endpoint& value, const ClusterDevice& device, std::vector<NodeDef*>* reads) {
    const std::string name = value_name(value);
    const std::string recv = transfer(name, *value.node, base_type(value.dtype()), device_of(*value.node), device);
    GraphDef& graph = part_of(device).graph;
    reads->push_back(graph.mutable_node(graph.node_size() - 1));
    return recv;
  }

  // A variable is read when all else that `node` waits for is there, as where both are in one task.
  void read_last(const Node& node, const NodeDef& def, const ClusterDevice& device, const std::vector<NodeDef*>& reads) {
    for (NodeDef* recv : reads) {
      std::set<std::string> controls;
      for (int i = 0; i < def.input_size(); ++i) {
        const bool is_control = i >= node.num_inputs();
        if (!is_control && is_ref(node.input(i).dtype())) continue;
        const std::string& input = def.input(i);
        controls.insert(is_control ? input : "^" + input.substr(0, input.find(':')));
      }
      for (const std::string& control : controls) recv->add_input(control);
    }
  }

  // The name that the value has in its own part.
  std::string value_name(const Endpoint& value) const {
    const std::string node_name = name_of(*value.node);
    return value.index == 0 ? node_name : fmt::format("{}:{}", node_name, value.index);
  }

  // The name under which `value` is known on `device`.
  std::string received(const Endpoint& value, const ClusterDevice& device) {
    const std::string name = value_name(value);
    const ClusterDevice& source = device_of(*value.node);
    if (source.task == device.task) return name;
    std::string& known = received_[{value.node, value.index, device.name}];
    if (known.empty()) known = transfer(name, *value.node, base_type(value.dtype()), source, device);
    return known;
  }

  std::string received_control(Node* value, const ClusterDevice& device) {
    const ClusterDevice& source = device_of(*value);
    if (source.task == device.task) return name_of(*value);
    std::string& known = received_[{value, -1, device.name}];
    if (!known.empty()) return known;
    // A control edge travels as a constant that waits for its source.
    NodeDef& constant = *part_of(source).graph.add_node();
    constant.set_name(new_name(value->name()));
    constant.set_op("Const");
    constant.set_device(source.name);
    constant.add_input("^" + value->name());
    (*constant.mutable_attr())["dtype"].set_type(tensorflow::DT_FLOAT);
    tensorflow::TensorProto* nothing = (*constant.mutable_attr())["value"].mutable_tensor();
    nothing->set_dtype(tensorflow::DT_FLOAT);
    nothing->mutable_tensor_shape()->add_dim()->set_size(0);
    const std::string constant_name = constant.name();
    return known = transfer(constant_name, *value, DType::kFloat32, source, device);
  }

  // Adds the pair of _Send and _Recv, of `input` that comes from `node`; the latter's name.
  std::string transfer(const std::string& input, const Node& node, DType type, const ClusterDevice& from, const ClusterDevice& to) {
    const std::string source = name_of(node);
    const std::string tensor_name = fmt::format("edge_{}_{}", ++num_edges_, source);
    NodeDef& send = *part_of(from).graph.add_node();
    send.set_name(new_name(source));
    send.set_op("_Send");
    send.set_device(from.name);
    send.add_input(input);
    (*send.mutable_attr())["T"].set_type(static_cast<tensorflow::DataType>(type));
    describe_transfer(tensor_name, from, to, false, &send);
    NodeDef& recv = *part_of(to).graph.add_node();
    recv.set_name(new_name(source));
    recv.set_op("_Recv");
    recv.set_device(to.name);
    (*recv.mutable_attr())["tensor_type"].set_type(static_cast<tensorflow::DataType>(type));
    describe_transfer(tensor_name, from, to, false, &recv);
    if (const Node* trigger = loops_.trigger(loops_.frame_of(node), to.task)) recv.add_input("^" + trigger->name());
    return recv.name();
  }

  // The key that the node has now.
  static std::string describe_transfer(const std::string& tensor_name, const ClusterDevice& from, const ClusterDevice& to,
                                       bool is_clients, NodeDef* def) {
    auto& attrs = *def->mutable_attr();
    attrs["tensor_name"].set_s(tensor_name);
    attrs["send_device"].set_s(from.name);
    attrs["recv_device"].set_s(to.name);
    attrs["send_device_incarnation"].set_i(static_cast<int64_t>(from.incarnation));
    attrs["client_terminated"].set_b(is_clients);
    return op::Rendezvous::key(from.name, to.name, tensor_name, 0, 0, from.incarnation);
  }

  std::string new_name(const std::string& source) {
    while (true) {
      std::string name = fmt::format("{}_S{}", source, num_names_++);
      if (names_.insert(name).second) return name;
    }
  }

  const graph::Subgraph& subgraph_;
  const std::vector<ClusterDevice>& devices_;
  const ClusterDevice& client_;
  const std::vector<std::string>&feed_names_, &fetch_names_;
  const graph::FunctionLibrary* functions_ = nullptr;
  const LoopFrames frames_;
  TaskLoops loops_;
  std::map<std::string, Part> parts_;  // by task
  std::map<std::tuple<const Node*, int, std::string>, std::string> received_;
  std::set<std::string> names_;
  int num_edges_ = 0, num_names_ = 0;
};

}  // namespace

StatusOr<std::vector<GraphPart>> partition(const graph::Subgraph& subgraph, const graph::FunctionLibrary& functions,
                                           const std::vector<ClusterDevice>& devices, const ClusterDevice& client,
                                           const std::vector<std::string>& feed_names,
                                           const std::vector<std::string>& fetch_names) {
  Partitioner partitioner(subgraph, devices, client, feed_names, fetch_names);
  if (!functions.names().empty()) partitioner.set_functions(&functions);
  return partitioner.run();
}

}  // namespace reflow::distributed
