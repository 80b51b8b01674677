#include <tensorflow/core/framework/attr_value.pb.h>
#include <tensorflow/core/framework/graph.pb.h>
#include <tensorflow/core/framework/node_def.pb.h>
#include <tensorflow/core/framework/op_def.pb.h>
#include <tensorflow/core/framework/tensor.pb.h>

#include "reflow/client/serialized.h"
#include "reflow/graph/graph_def.h"
#include "reflow/tensor/tensor_proto.h"

namespace reflow::client {
namespace {

template <typename Proto>
bool parse(std::string_view bytes, Proto* proto) {
  return proto->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
}

}  // namespace

StatusOr<Tensor> parse_tensor(std::string_view tensor_proto) {
  tensorflow::TensorProto proto;
  if (!parse(tensor_proto, &proto)) return invalid_argument("Not a serialized TensorProto.");
  return tensor_from_proto(proto);
}

std::string serialize_tensor(const Tensor& tensor) {
  tensorflow::TensorProto proto;
  if (!tensor_to_proto(tensor, &proto).ok()) return {};
  return proto.SerializeAsString();
}

StatusOr<graph::AttrValue> parse_attr(std::string_view attr_value) {
  tensorflow::AttrValue proto;
  if (!parse(attr_value, &proto)) return invalid_argument("Not a serialized AttrValue.");
  graph::AttrValue value;
  RETURN_IF_ERROR(graph::attr_from_proto(proto, &value));
  return value;
}

std::string serialize_attr(const graph::AttrValue& value) {
  tensorflow::AttrValue proto;
  graph::attr_to_proto(value, &proto);
  return proto.SerializeAsString();
}

std::string serialize_node(const graph::Node& node) {
  tensorflow::NodeDef proto;
  graph::node_to_proto(node, &proto);
  return proto.SerializeAsString();
}

std::string serialize_op_def(const graph::OpDef& op) {
  tensorflow::OpDef proto;
  graph::op_def_to_proto(op, &proto);
  return proto.SerializeAsString();
}

std::string serialize_graph(const graph::Graph& graph, int from_version, bool add_shapes) {
  tensorflow::GraphDef proto;
  {
    const std::lock_guard lock(graph.mutex());
    graph::export_graph_def(graph, {.add_shapes = add_shapes, .from_version = from_version}, &proto);
  }
  return proto.SerializeAsString();
}

}  // namespace reflow::client
