#include "reflow/autodiff/emit.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <utility>

#include "reflow/graph/control_flow.h"
#include "reflow/graph/tensor_text.h"

namespace reflow::autodiff {

using graph::AttrMap;
using graph::create_op;
using graph::GraphScope;
using graph::OpInput;

StatusOr<Node*> GraphEmitter::create(std::string_view type, std::vector<OpInput> inputs, AttrMap attrs,
                                     graph::CreateOptions options) {
  return create_op(graph_, type, std::move(inputs), std::move(attrs), std::move(options));
}

NameScope::NameScope(Graph& graph, std::string_view name) : graph_(graph), saved_(graph.scope().name_stack) {
  graph.scope().name_stack = graph::enter_name_scope(graph, name);
}
NameScope::~NameScope() { graph_.scope().name_stack = std::move(saved_); }

std::string NameScope::op_name() const { return graph_.scope().name_stack + "/"; }

DeviceScope::DeviceScope(Graph& graph, std::string spec, bool resets) : graph_(graph) {
  graph.scope().devices.push_back({std::move(spec), nullptr, resets});
}
DeviceScope::~DeviceScope() { graph_.scope().devices.pop_back(); }

ControlScope::ControlScope(Graph& graph, std::vector<Node*> inputs) : graph_(graph) {
  GraphScope::ControlDependencies dependencies;
  dependencies.inputs = std::move(inputs);
  graph.scope().control_dependencies.push_back(std::move(dependencies));
}
ControlScope::~ControlScope() { graph_.scope().control_dependencies.pop_back(); }

StatusOr<Endpoint> emit(Graph& graph, std::string_view type, std::vector<OpInput> inputs, AttrMap attrs,
                        std::string name) {
  ASSIGN_OR_RETURN(Node * node, create_op(graph, type, std::move(inputs), std::move(attrs), {.name = std::move(name)}));
  return node->output(0);
}

StatusOr<Endpoint> emit_constant(Graph& graph, Tensor value, std::string name) {
  AttrMap attrs;
  attrs.set("dtype", value.dtype());
  attrs.set("value", std::move(value));
  return emit(graph, "Const", {}, std::move(attrs), std::move(name));
}

StatusOr<Tensor> scalar_of(DType type, double value) {
  Tensor tensor(base_type(type), Shape{});
  const bool known = with_type(kPlainTypes, type, [&]<typename T>() {
    if constexpr (std::is_same_v<T, Half> || std::is_same_v<T, Bfloat16>) {
      *tensor.data<T>() = T(static_cast<float>(value));
    } else if constexpr (requires(T t) { t.real(); }) {
      *tensor.data<T>() = T(static_cast<typename T::value_type>(value));
    } else {
      *tensor.data<T>() = static_cast<T>(value);
    }
  });
  if (!known) {
    return graph::type_error(fmt::format("Expected {}, got {} of type 'int' instead.", dtype_name(type), value));
  }
  return tensor;
}

namespace {

Tensor shape_tensor(const Shape& shape) {
  Tensor value(DType::kInt32, {shape.rank()});
  for (int i = 0; i < shape.rank(); ++i) value.data<int32_t>()[i] = static_cast<int32_t>(shape.dim(i));
  return value;
}

}  // namespace

StatusOr<Endpoint> emit_shape(Graph& graph, Endpoint x) {
  if (x.shape().fully_defined()) return emit_constant(graph, shape_tensor(x.shape()), "Shape");
  return emit(graph, "Shape", {x});
}

StatusOr<Endpoint> emit_filled(Graph& graph, Endpoint shape, DType type, int value, std::string_view name) {
  NameScope scope(graph, name);
  ASSIGN_OR_RETURN(Tensor scalar, scalar_of(type, value));
  ASSIGN_OR_RETURN(Endpoint constant, emit_constant(graph, std::move(scalar)));
  return emit(graph, "Fill", {shape, constant}, {}, scope.op_name());
}

StatusOr<Endpoint> emit_filled(Graph& graph, const Shape& shape, DType type, int value, std::string_view name) {
  constexpr int64_t kLargestConstant = 1000;
  NameScope scope(graph, name);
  ASSIGN_OR_RETURN(Tensor scalar, scalar_of(type, value));
  if (const int64_t elements = shape.num_elements(); elements >= 0 && elements < kLargestConstant) {
    Tensor filled(base_type(type), shape);
    const size_t size = scalar.size_bytes();
    for (int64_t i = 0; i < elements; ++i) std::memcpy(static_cast<char*>(filled.raw_data()) + i * size, scalar.raw_data(), size);
    filled.buffer()->set_proto_form(std::min<int64_t>(elements, 1));
    return emit_constant(graph, std::move(filled), scope.op_name());
  }
  ASSIGN_OR_RETURN(Endpoint dims, emit_constant(graph, shape_tensor(shape), "shape_as_tensor"));
  ASSIGN_OR_RETURN(Endpoint constant, emit_constant(graph, std::move(scalar)));
  return emit(graph, "Fill", {dims, constant}, {}, scope.op_name());
}

StatusOr<Endpoint> emit_zeros(Graph& graph, Endpoint shape, DType type) { return emit_filled(graph, shape, type, 0, "zeros"); }

StatusOr<Endpoint> emit_zeros(Graph& graph, const Shape& shape, DType type, std::string_view name) {
  return emit_filled(graph, shape, type, 0, name);
}

namespace {

// Where a handle comes from, as far as is known.
Node* source_of_handle(Endpoint handle) {
  const auto source = [](Endpoint e) {
    const bool is_loop = e.node->type() == "While" || e.node->type() == "StatelessWhile";
    if (e.node->type() == "VarHandleOp" || e.node->num_inputs() == 0) return Endpoint();
    const Endpoint input = e.node->input(is_loop && e.index < e.node->num_inputs() ? e.index : 0);
    return base_type(input.dtype()) == DType::kResource ? input : Endpoint();
  };
  while (const Endpoint from = source(handle)) handle = from;
  return handle.node;
}

}  // namespace

bool is_variable_handle(Endpoint handle) {
  const Node* const node = source_of_handle(handle);
  return node->type() == "VarHandleOp" || node->find_attr("_handle_dtypes") != nullptr;
}

DType variable_type(Endpoint handle, Shape* shape) {
  if (shape) *shape = Shape::unknown();
  Node* const node = source_of_handle(handle);
  if (const graph::AttrValue* types = node->find_attr("_handle_dtypes")) {  // what a function takes
    const graph::AttrValue* shapes = node->find_attr("_handle_shapes");
    const auto* shape_list = shapes ? shapes->get<std::vector<Shape>>() : nullptr;
    if (shape && shape_list && shape_list->size() == 1) *shape = shape_list->front();
    const auto* type_list = types->get<std::vector<DType>>();
    return type_list && type_list->size() == 1 ? type_list->front() : DType::kFloat32;
  }
  const graph::AttrValue* type = node->find_attr("dtype");
  if (!type || !type->get<DType>()) return DType::kFloat32;
  if (const graph::AttrValue* s = node->find_attr("shape"); shape && s && s->get<Shape>()) *shape = *s->get<Shape>();
  return *type->get<DType>();
}

StatusOr<Endpoint> emit_variable_shape(Graph& graph, Endpoint handle) {
  Shape shape;
  variable_type(handle, &shape);
  if (shape.fully_defined()) return emit_constant(graph, shape_tensor(shape));
  return emit(graph, "VariableShape", {handle});
}

namespace {

// The first entry of vector `x`: x[0].
StatusOr<Endpoint> emit_first(Graph& graph, Endpoint x) {
  NameScope scope(graph, "strided_slice");
  ASSIGN_OR_RETURN(Endpoint begin, emit_constant(graph, Tensor::vector<int32_t>({0}), "stack"));
  ASSIGN_OR_RETURN(Endpoint end, emit_constant(graph, Tensor::vector<int32_t>({1}), "stack_1"));
  ASSIGN_OR_RETURN(Endpoint strides, emit_constant(graph, Tensor::vector<int32_t>({1}), "stack_2"));
  return emit(graph, "StridedSlice", {x, begin, end, strides}, {{"shrink_axis_mask", 1}}, scope.op_name());
}

}  // namespace

StatusOr<Endpoint> emit_dense(Graph& graph, const Gradient& slices, std::string name) {
  if (!slices.is_slices()) return slices.values;
  if (!slices.dense_shape) {
    return invalid_argument(
        "Tensor conversion requested for IndexedSlices without dense_shape: IndexedSlices(indices={}, values={})",
        graph::tensor_text(slices.indices), graph::tensor_text(slices.values));
  }
  ASSIGN_OR_RETURN(Endpoint rows, emit_first(graph, slices.dense_shape));
  return emit(graph, "UnsortedSegmentSum", {slices.values, slices.indices, rows}, {}, std::move(name));
}

StatusOr<Endpoint> emit_concat(Graph& graph, std::vector<Endpoint> values) {
  NameScope scope(graph, "concat");
  ASSIGN_OR_RETURN(Endpoint axis, emit_constant(graph, Tensor::scalar(int32_t{0}), "axis"));
  return emit(graph, "ConcatV2", {std::move(values), axis}, {}, scope.op_name());
}

StatusOr<Endpoint> emit_add_n(Graph& graph, const std::vector<Gradient>& values) {
  if (values.size() == 1) return emit_dense(graph, values[0]);
  std::vector<Endpoint> terms;
  terms.reserve(values.size());
  if (std::none_of(values.begin(), values.end(), [](const Gradient& v) { return v.is_slices(); })) {
    for (const Gradient& value : values) terms.push_back(value.values);
    return emit(graph, "AddN", {std::move(terms)});
  }
  NameScope scope(graph, "AddN");
  for (size_t i = 0; i < values.size(); ++i) {
    ASSIGN_OR_RETURN(Endpoint term, emit_dense(graph, values[i], fmt::format("inputs_{}", i)));
    terms.push_back(term);
  }
  return emit(graph, "AddN", {std::move(terms)}, {}, scope.op_name());
}

namespace {

StatusOr<Node*> emit_no_op(Graph& graph, std::vector<Node*> waits_for, const std::string& device, std::string name) {
  ControlScope control(graph, std::move(waits_for));
  DeviceScope scope(graph, device, false);
  return create_op(graph, "NoOp", {}, {}, {.name = std::move(name)});
}

// tf.group: a NoOp for each device, and one over these.
StatusOr<Node*> emit_group(Graph& graph, const std::vector<Node*>& nodes) {
  NameScope scope(graph, "group_deps");
  std::map<std::string, std::vector<Node*>> by_device;
  for (Node* node : nodes) by_device[node->device()].push_back(node);
  if (by_device.size() == 1) return emit_no_op(graph, nodes, by_device.begin()->first, scope.op_name());
  std::vector<Node*> groups;
  for (const auto& [device, members] : by_device) {
    ASSIGN_OR_RETURN(Node * group, emit_no_op(graph, members, device, ""));
    groups.push_back(group);
  }
  ControlScope control(graph, std::move(groups));
  return create_op(graph, "NoOp", {}, {}, {.name = scope.op_name()});
}

}  // namespace

Status emit_tuple(Graph& graph, std::vector<Gradient>& values) {
  NameScope tuple_scope(graph, "tuple");
  std::vector<Node*> nodes;
  for (const Gradient& value : values) {
    if (value) nodes.push_back(value.values.node);
  }
  std::sort(nodes.begin(), nodes.end(), [](const Node* a, const Node* b) { return a->id() < b->id(); });
  nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
  ASSIGN_OR_RETURN(Node * gate, emit_group(graph, nodes));
  for (Gradient& value : values) {
    if (!value) continue;
    NameScope scope(graph, "control_dependency");
    graph::ColocateWith colocation(graph, value.values.node, false);
    ControlScope control(graph, {gate});
    ASSIGN_OR_RETURN(value.values, emit(graph, "Identity", {value.values}, {}, scope.op_name()));
  }
  return OkStatus();
}

}  // namespace reflow::autodiff
