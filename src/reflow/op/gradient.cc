#include "reflow/op/gradient.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <mutex>

#include "reflow/graph/scope.h"
#include "reflow/graph/shape_context.h"
#include "reflow/graph/tensor_text.h"
#include "reflow/op/broadcast.h"
#include "reflow/op/late_slices.h"
#include "reflow/tensor/tensor.h"

namespace reflow::op {

GradContext::GradContext(Node* op, std::vector<Gradient> dy, GradEmitter& emitter)
    : op_(op), dy_(std::move(dy)), dx_(op->num_inputs()), emitter_(emitter) {
  dy_.resize(op->num_outputs());
}

namespace {

bool takes_slices(const LateSlices& late, const std::vector<OpInput>& inputs) {
  for (const OpInput& input : inputs) {
    for (const Endpoint& e : input.endpoints) {
      if (late.find(e)) return true;
    }
  }
  return false;
}

// The rows of slices summed into zeros, as `argument` of an op in whose scope this is.
Endpoint dense_argument(GradContext& g, const Gradient& slices, const std::string& argument) {
  if (!slices.dense_shape) {
    g.fail(invalid_argument("Tried to convert '{}' to a tensor and failed. Error: Tensor conversion requested for IndexedSlices "
                            "without dense_shape: IndexedSlices(indices={}, values={})", argument,
                            tensor_text(slices.indices), tensor_text(slices.values)));
    return {};
  }
  Endpoint rows;
  {
    const GradContext::Scope scope(g.graph(), "strided_slice");
    const Endpoint begin = g.constant_ints({0}, DType::kInt32, "stack"), end = g.constant_ints({1}, DType::kInt32, "stack_1");
    const Endpoint step = g.constant_ints({1}, DType::kInt32, "stack_2");
    rows = g.op("StridedSlice", {slices.dense_shape, begin, end, step}, {{"shrink_axis_mask", 1}}, scope.name());
  }
  return g.op("UnsortedSegmentSum", {slices.values, slices.indices, rows}, {}, argument);
}

// The op with dense tensors in the place of what stands for slices.
Node* op_of_slices(GradContext& g, const LateSlices& late, std::string_view type, std::vector<OpInput> inputs, AttrMap attrs,
                   const std::string& name) {
  const OpDef* const op = OpRegistry::global().find(type);
  if (op == nullptr || op->inputs.size() != inputs.size()) {
    g.fail(internal_error("Gradient of {} '{}': {} doesn't take {} inputs", g.node().type(), g.node().name(), type,
                          inputs.size()));
    return nullptr;
  }
  GradContext::Scope scope(g.graph(), name.empty() ? type : std::string_view(name));
  for (size_t i = 0; i < inputs.size(); ++i) {
    for (size_t j = 0; j < inputs[i].endpoints.size(); ++j) {
      const Gradient* const slices = late.find(inputs[i].endpoints[j]);
      if (slices == nullptr) continue;
      const std::string& argument = op->inputs[i].name;
      inputs[i].endpoints[j] = dense_argument(g, *slices, inputs[i].is_list ? fmt::format("{}_{}", argument, j) : argument);
    }
  }
  return g.ops(type, std::move(inputs), std::move(attrs), scope.name());
}

}  // namespace

Endpoint as_argument(GradContext& g, std::string_view type, int i, Endpoint x) {
  const LateSlices* const late = LateSlices::current();
  const Gradient* const slices = late ? late->find(x) : nullptr;
  return slices ? dense_argument(g, *slices, OpRegistry::global().find(type)->inputs[i].name) : x;
}

Node* GradContext::ops(std::string_view type, std::vector<OpInput> inputs, AttrMap attrs, std::string name) {
  if (!status_.ok()) return nullptr;
  for (const OpInput& input : inputs) {
    for (const Endpoint& e : input.endpoints) {
      if (e) continue;
      fail(internal_error("Gradient of {} '{}': an input of {} is missing", op_->type(), op_->name(), type));
      return nullptr;
    }
  }
  const LateSlices* const late = LateSlices::current();
  if (late && takes_slices(*late, inputs)) return op_of_slices(*this, *late, type, std::move(inputs), std::move(attrs), name);
  CreateOptions options;
  options.name = std::move(name);
  auto node = emitter_.create(type, std::move(inputs), std::move(attrs), std::move(options));
  if (node.ok()) return *node;
  fail(node.status());
  return nullptr;
}

Endpoint GradContext::op(std::string_view type, std::vector<OpInput> inputs, AttrMap attrs, std::string name) {
  Node* node = ops(type, std::move(inputs), std::move(attrs), std::move(name));
  return node ? node->output(0) : Endpoint{};
}

Endpoint GradContext::dy(int i) {
  Gradient& g = dy_[i];
  if (!g.is_slices()) return g.values;
  if (LateSlices* const late = LateSlices::current()) {
    const Endpoint stand_in = late->stand_in(g, y(i));
    if (!stand_in) fail(internal_error("Nothing can stand for the gradient of {}", y(i).name()));
    return stand_in;
  }
  Endpoint shape = g.dense_shape;
  if (!shape) shape = this->shape(y(i));
  // As converting IndexedSlices to a tensor does: sum the rows into zeros.
  Endpoint rows = op("StridedSlice",
                     {shape, constant_ints({0}, DType::kInt32, "strided_slice/stack"),
                      constant_ints({1}, DType::kInt32, "strided_slice/stack_1"),
                      constant_ints({1}, DType::kInt32, "strided_slice/stack_2")},
                     {{"shrink_axis_mask", 1}}, "strided_slice");
  g = Gradient(op("UnsortedSegmentSum", {g.values, g.indices, rows}));
  return g.values;
}

Endpoint GradContext::constant_tensor(Tensor value, std::string name) {
  const DType type = value.dtype();
  return op("Const", {}, {{"value", std::move(value)}, {"dtype", type}}, std::move(name));
}

Endpoint GradContext::constant(double value, DType type, std::string name) {
  Tensor tensor(base_type(type), Shape{});
  const bool known = with_type(kNumberTypes + Types<uint32_t, uint64_t>{}, type, [&]<typename T>() {
    if constexpr (requires { static_cast<T>(value); }) {
      *tensor.data<T>() = static_cast<T>(value);
    } else {
      *tensor.data<T>() = T(static_cast<float>(value));
    }
  });
  if (!known) fail(internal_error("Gradient of {}: no constant of type {}", op_->type(), dtype_name(type)));
  return constant_tensor(std::move(tensor), std::move(name));
}

Endpoint GradContext::constant_ints(const std::vector<int64_t>& values, DType type, std::string name) {
  Tensor tensor(type, Shape{static_cast<int64_t>(values.size())});
  for (size_t i = 0; i < values.size(); ++i) {
    if (type == DType::kInt64) {
      tensor.data<int64_t>()[i] = values[i];
    } else {
      tensor.data<int32_t>()[i] = static_cast<int32_t>(values[i]);
    }
  }
  return constant_tensor(std::move(tensor), std::move(name));
}

namespace {

Tensor int_scalar(int64_t value, DType type) {
  return type == DType::kInt64 ? Tensor::scalar(value) : Tensor::scalar(static_cast<int32_t>(value));
}

}  // namespace

Endpoint GradContext::shape(Endpoint x, DType out_type, std::string name) {
  if (!status_.ok()) return {};
  const Shape& shape = x.shape();
  const LateSlices* const late = LateSlices::current();
  if (const Gradient* const slices = late ? late->find(x) : nullptr) {
    // Made dense to see the shape, and once more as an argument of the op where it isn't known.
    Scope scope(graph(), name);
    dense_argument(*this, *slices, "UnsortedSegmentSum");
    if (shape.fully_defined()) return constant_ints({shape.begin(), shape.end()}, out_type, scope.name());
    return op("Shape", {x}, {{"out_type", out_type}}, scope.name());
  }
  if (shape.fully_defined()) {
    return constant_ints({shape.begin(), shape.end()}, out_type, std::move(name));
  }
  return op("Shape", {x}, {{"out_type", out_type}}, std::move(name));
}

Endpoint GradContext::size(Endpoint x, DType out_type, std::string name) {
  if (!status_.ok()) return {};
  if (x.shape().fully_defined()) return constant_tensor(int_scalar(x.shape().num_elements(), out_type), std::move(name));
  return op("Size", {x}, {{"out_type", out_type}}, std::move(name));
}

Endpoint GradContext::rank(Endpoint x, std::string name) {
  if (!status_.ok()) return {};
  if (x.shape().known_rank()) return constant_tensor(int_scalar(x.shape().rank(), DType::kInt32), std::move(name));
  return op("Rank", {x}, {}, std::move(name));
}

Endpoint GradContext::reduce_sum(Endpoint x, Endpoint axes, bool keep_dims, std::string name) {
  return op("Sum", {x, axes}, {{"keep_dims", keep_dims}}, std::move(name));
}

Endpoint GradContext::cast(Endpoint x, DType to, std::string name) {
  if (!status_.ok() || base_type(x.dtype()) == to) return x;
  LateSlices* const late = LateSlices::current();
  if (const Gradient* const found = late ? late->find(x) : nullptr) {
    const Gradient slices = *found;
    const Endpoint values = op("Cast", {slices.values}, {{"DstT", to}}, std::move(name));
    return values ? late->stand_in(Gradient(values, slices.indices, slices.dense_shape), x) : Endpoint{};
  }
  return op("Cast", {x}, {{"DstT", to}}, std::move(name));
}

Endpoint GradContext::zeros_like(Endpoint x, std::string name) {
  if (!status_.ok()) return {};
  const Shape shape = x.shape();
  const DType type = base_type(x.dtype());
  if (!shape.fully_defined() || type == DType::kVariant) return op("ZerosLike", {x}, {}, std::move(name));
  // tf.zeros: a constant while it is small, else Fill.
  if (shape.num_elements() < 1000 && type != DType::kString && is_plain(type)) {
    Tensor zeros(type, shape);
    std::memset(zeros.raw_data(), 0, zeros.size_bytes());
    // Written as one value, as tf.zeros is.
    zeros.buffer()->set_proto_form(std::min<int64_t>(shape.num_elements(), 1));
    return constant_tensor(std::move(zeros), std::move(name));
  }
  Scope scope(graph(), name);
  const Endpoint dims = constant_ints({shape.begin(), shape.end()}, DType::kInt32, "shape_as_tensor");
  return op("Fill", {dims, constant(0, type)}, {}, scope.name());
}

Endpoint GradContext::conj(Endpoint x) {
  if (!status_.ok() || !is_complex(x.dtype())) return x;
  return op("Conj", {x});
}

void GradContext::set_broadcast_gradients(Endpoint dx0_full, Endpoint dx1_full) {
  if (!status_.ok()) return;
  const Endpoint shape0 = shape(x(0)), shape1 = shape(x(1), DType::kInt32, "Shape_1");
  Node* axes = ops("BroadcastGradientArgs", {shape0, shape1});
  if (axes == nullptr) return;
  dx(0) = reshape(reduce_sum(dx0_full, axes->output(0)), shape0);
  dx(1) = reshape(reduce_sum(dx1_full, axes->output(1)), shape1);
}

GradContext::Scope::Scope(Graph& graph, std::string_view name) : graph_(graph), saved_(graph.scope().name_stack) {
  graph.scope().name_stack = enter_name_scope(graph, name);
  name_ = graph.scope().name_stack + "/";
}

GradContext::Scope::~Scope() { graph_.scope().name_stack = saved_; }

struct GradientRegistry::Impl {
  mutable std::mutex mutex;
  std::map<std::string, GradFn, std::less<>> functions;  // an empty function: not differentiable
};

GradientRegistry::GradientRegistry() : impl_(new Impl) {}

GradientRegistry& GradientRegistry::global() {
  static auto* registry = new GradientRegistry;
  return *registry;
}

Status GradientRegistry::add(std::string_view name, GradFn fn) {
  std::lock_guard lock(impl_->mutex);
  if (!impl_->functions.emplace(std::string(name), std::move(fn)).second) {
    return make_status(StatusCode::kAlreadyExists, fmt::format("Registering two gradient with name '{}'!", name));
  }
  return OkStatus();
}

Status GradientRegistry::add_not_differentiable(std::string_view name) { return add(name, GradFn()); }

GradientRegistry::Kind GradientRegistry::find(std::string_view name, GradFn* fn) const {
  std::lock_guard lock(impl_->mutex);
  const auto found = impl_->functions.find(name);
  if (found == impl_->functions.end()) return Kind::kUnregistered;
  if (!found->second) return Kind::kNone;
  *fn = found->second;
  return Kind::kFunction;
}

}  // namespace reflow::op
