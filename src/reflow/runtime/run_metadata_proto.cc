#include <map>

#include "reflow/runtime/run_metadata.h"
#include "tensorflow/core/framework/cost_graph.pb.h"
#include "tensorflow/core/framework/step_stats.pb.h"
#include "tensorflow/core/protobuf/config.pb.h"

namespace reflow::runtime {
namespace {

void shape_to_proto(const Shape& shape, tensorflow::TensorShapeProto* proto) {
  if (!shape.known_rank()) proto->set_unknown_rank(true);
  for (const int64_t dim : shape.dims()) proto->add_dim()->set_size(dim);
}

tensorflow::DataType type_to_proto(DType type) { return static_cast<tensorflow::DataType>(base_type(type)); }

void add_output(const OutputStats& output, tensorflow::NodeExecStats* proto) {
  tensorflow::NodeOutput* added = proto->add_output();
  added->set_slot(output.slot);
  tensorflow::TensorDescription* tensor = added->mutable_tensor_description();
  tensor->set_dtype(type_to_proto(output.type));
  shape_to_proto(output.shape, tensor->mutable_shape());
  tensorflow::AllocationDescription* allocation = tensor->mutable_allocation_description();
  allocation->set_requested_bytes(output.size_bytes);
  allocation->set_allocator_name("cpu");
  allocation->set_ptr(output.address);
}

void node_to_proto(const NodeStats& node, tensorflow::NodeExecStats* proto) {
  proto->set_node_name(node.node);
  proto->set_timeline_label(node.label);
  proto->set_all_start_micros(node.start_us);
  proto->set_op_end_rel_micros(node.duration_ns / 1000);
  proto->set_all_end_rel_micros(node.duration_ns / 1000);
  proto->set_scheduled_micros(node.start_us);
  proto->set_all_start_nanos(node.start_us * 1000);
  proto->set_op_end_rel_nanos(node.duration_ns);
  proto->set_all_end_rel_nanos(node.duration_ns);
  proto->set_scheduled_nanos(node.start_us * 1000);
  proto->set_thread_id(static_cast<uint32_t>(node.thread_id));
  for (const OutputStats& output : node.outputs) add_output(output, proto);
  proto->mutable_memory_stats();
  if (node.allocated_bytes == 0) return;
  tensorflow::AllocatorMemoryUsed* memory = proto->add_memory();
  memory->set_allocator_name("cpu");
  memory->set_total_bytes(node.allocated_bytes);
  memory->set_peak_bytes(node.allocated_bytes);
  memory->set_live_bytes(node.allocated_bytes);
}

void cost_to_proto(const CostNode& node, tensorflow::CostGraphDef::Node* proto) {
  proto->set_name(node.name);
  proto->set_device(node.device);
  proto->set_id(node.id);
  for (const CostNode::Input& input : node.inputs) {
    tensorflow::CostGraphDef::Node::InputInfo* info = proto->add_input_info();
    info->set_preceding_node(input.node);
    info->set_preceding_port(input.port);
  }
  for (const OutputStats& output : node.outputs) {
    tensorflow::CostGraphDef::Node::OutputInfo* info = proto->add_output_info();
    info->set_size(output.size_bytes);
    info->set_alias_input_port(-1);
    shape_to_proto(output.shape, info->mutable_shape());
    info->set_dtype(type_to_proto(output.type));
  }
  for (const int input : node.control_inputs) proto->add_control_input(input);
  proto->set_compute_cost(node.compute_us);
  proto->set_is_final(node.is_final);
}

}  // namespace

std::string serialize(const RunMetadata& metadata) {
  if (!metadata.message.empty()) return metadata.message;
  tensorflow::RunMetadata proto;
  std::map<std::string, tensorflow::DeviceStepStats*> devices;
  for (const NodeStats& node : metadata.nodes) {
    tensorflow::DeviceStepStats*& device = devices[node.device];
    if (device == nullptr) {
      device = proto.mutable_step_stats()->add_dev_stats();
      device->set_device(node.device);
    }
    node_to_proto(node, device->add_node_stats());
  }
  for (const CostNode& node : metadata.cost_graph) cost_to_proto(node, proto.mutable_cost_graph()->add_node());
  for (const std::string& graph : metadata.partition_graphs) proto.add_partition_graphs()->ParseFromString(graph);
  return proto.SerializeAsString();
}

}  // namespace reflow::runtime
