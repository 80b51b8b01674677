// What is known of a tensor's value while the graph is built.

#include <atomic>

#include "reflow/graph/graph.h"
#include "reflow/graph/immediate.h"
#include "reflow/graph/shape_context.h"

namespace reflow::graph {
namespace {

std::atomic<ConstantEvaluator*> evaluator{nullptr};

// Shapes of values nest in practice a handful deep; a hostile graph must not exhaust the stack.
constexpr int kMaxDepth = 100;

Tensor index_tensor(DType type, std::span<const int64_t> values, const Shape& shape) {
  Tensor t(type, shape);
  for (size_t i = 0; i < values.size(); ++i) {
    if (type == DType::kInt32) t.data<int32_t>()[i] = static_cast<int32_t>(values[i]);
    else t.data<int64_t>()[i] = values[i];
  }
  return t;
}

// Shape, ShapeN, Rank and Size of a tensor whose shape is known.
Tensor value_from_shape(const Node& node, int index, const Shape& shape) {
  const DType type = node.output_type(index);
  if (type != DType::kInt32 && type != DType::kInt64) return {};
  if (node.type() == "Rank") {
    const int64_t rank = shape.rank();
    return shape.known_rank() ? index_tensor(type, {&rank, 1}, {}) : Tensor();
  }
  if (!shape.fully_defined()) return {};
  if (node.type() == "Size") {
    const int64_t size = shape.num_elements();
    return size < 0 ? Tensor() : index_tensor(type, {&size, 1}, {});
  }
  return index_tensor(type, shape.dims(), {shape.rank()});
}

int64_t element(const Tensor& t, int64_t i) {
  return t.dtype() == DType::kInt32 ? t.data<int32_t>()[i] : t.data<int64_t>()[i];
}

Status as_shape(Endpoint e, int depth, Shape* shape);

// Each input is a scalar that gives one dimension.
Status pack_as_shape(const Node& node, Shape* shape) {
  *shape = Shape{};
  for (const Endpoint& input : node.inputs()) {
    const Tensor t = constant_value(input);
    const bool known = t.valid() && t.num_elements() == 1 && (t.dtype() == DType::kInt32 || t.dtype() == DType::kInt64);
    shape->add_dim(known ? std::max<int64_t>(element(t, 0), -1) : Shape::kUnknown);
  }
  return OkStatus();
}

Status concat_as_shape(const Node& node, int first, int last, int depth, Shape* shape) {
  *shape = Shape{};
  for (int i = first; i < last; ++i) {
    Shape part;
    RETURN_IF_ERROR(as_shape(node.input(i), depth, &part));
    if (!part.known_rank()) {
      *shape = Shape::unknown();
      return OkStatus();
    }
    for (const int64_t size : part.dims()) shape->add_dim(size);
  }
  return OkStatus();
}

// x[begin:end:stride] of a shape vector. Sets *done false where it is something more involved.
Status slice_as_shape(const Node& node, int depth, Shape* shape, bool* done) {
  *done = false;
  for (const char* mask : {"new_axis_mask", "shrink_axis_mask", "ellipsis_mask"}) {
    const auto value = node.attr<int64_t>(mask);
    if (!value.ok() || *value != 0) return OkStatus();
  }
  const auto begin_mask = node.attr<int64_t>("begin_mask"), end_mask = node.attr<int64_t>("end_mask");
  if (!begin_mask.ok() || !end_mask.ok() || *begin_mask > 1 || *end_mask > 1) return OkStatus();
  int64_t bounds[3] = {0, INT64_MAX, 1};
  const bool needed[3] = {*begin_mask != 1, *end_mask != 1, true};
  for (int i = 0; i < 3; ++i) {
    if (!needed[i]) continue;
    const Tensor t = constant_value(node.input(1 + i));
    if (!t.valid() || t.num_elements() != 1 || (t.dtype() != DType::kInt32 && t.dtype() != DType::kInt64)) return OkStatus();
    bounds[i] = element(t, 0);
  }
  if (bounds[2] != 1) return OkStatus();
  Shape whole;
  RETURN_IF_ERROR(as_shape(node.input(0), depth, &whole));
  if (!whole.known_rank()) return OkStatus();
  const int64_t rank = whole.rank();
  const auto clamp = [rank](int64_t v) { return std::clamp<int64_t>(v < 0 ? v + rank : v, 0, rank); };
  const int64_t begin = clamp(bounds[0]), end = std::max(begin, clamp(bounds[1]));
  *shape = Shape(whole.dims().subspan(begin, end - begin));
  *done = true;
  return OkStatus();
}

// A vector of n equal elements.
bool fill_as_shape(const Node& node, Shape* shape) {
  const Tensor dims = constant_value(node.input(0)), value = constant_value(node.input(1));
  const auto is_index = [](const Tensor& t) {
    return t.valid() && t.num_elements() == 1 && (t.dtype() == DType::kInt32 || t.dtype() == DType::kInt64);
  };
  if (!is_index(dims) || !is_index(value)) return false;
  const int64_t n = element(dims, 0);
  if (n < 0 || n > Shape::kMaxRank || element(value, 0) < -1) return false;
  *shape = Shape{};
  for (int64_t i = 0; i < n; ++i) shape->add_dim(element(value, 0));
  return true;
}

Status as_shape(Endpoint e, int depth, Shape* shape) {
  const Shape& own = e.shape();
  *shape = Shape::unknown();
  if (own.known_rank() && own.rank() == 0) {
    const Tensor t = constant_value(e);
    if (t.valid() && (t.dtype() == DType::kInt32 || t.dtype() == DType::kInt64)) {
      if (element(t, 0) == -1) return OkStatus();
      return invalid_argument("Received an invalid shape scalar with a static value that is not '-1': {}", t.debug_string());
    }
    return invalid_argument(
        "Received a shape scalar with unknown static value.  A static value of '-1' is required to represent an unknown "
        "shape.");
  }
  if (own.known_rank() && own.rank() != 1) return invalid_argument("Shape must be rank 1 but is rank {}", own.rank());
  if (own.known_rank() && own.dim(0) == 0) {
    *shape = Shape{};
    return OkStatus();
  }
  const Node& node = *e.node;
  const std::string& op = node.type();
  if (depth < kMaxDepth && !is_immediate(node.graph())) {
    if (op == "Shape" || op == "ShapeN") {
      *shape = node.input(op == "Shape" ? 0 : e.index).shape();
      return OkStatus();
    }
    if (op == "Pack" && node.num_inputs() <= Shape::kMaxRank) return pack_as_shape(node, shape);
    if (op == "ConcatV2") return concat_as_shape(node, 0, node.num_inputs() - 1, depth + 1, shape);
    if (op == "Concat") return concat_as_shape(node, 1, node.num_inputs(), depth + 1, shape);
    if (op == "Cast" && !constant_value(e).valid()) {
      const Shape& input = node.input(0).shape();
      if (input.known_rank() && input.rank() == 1) return as_shape(node.input(0), depth + 1, shape);
    }
    if (op == "StridedSlice") {
      bool done = false;
      RETURN_IF_ERROR(slice_as_shape(node, depth + 1, shape, &done));
      if (done) return OkStatus();
    }
    if (op == "Fill" && fill_as_shape(node, shape)) return OkStatus();
  }
  const Tensor t = constant_value(e);
  if (t.valid()) return shape_from_tensor(t, shape);
  if (own.known_rank() && own.dim(0) >= 0 && own.dim(0) <= Shape::kMaxRank) {
    *shape = Shape::unknown_of_rank(static_cast<int>(own.dim(0)));
  }
  return OkStatus();
}

}  // namespace

void set_constant_evaluator(ConstantEvaluator* e) { evaluator.store(e, std::memory_order_release); }

Tensor constant_value(Endpoint e) {
  if (!e) return {};
  const Node& node = *e.node;
  if (ImmediateExecutor* now = immediate_executor(node.graph())) return now->value(e);
  const std::string& op = node.type();
  if (op == "Const") {
    const AttrValue* value = node.find_attr("value");
    const Tensor* t = value ? value->get<Tensor>() : nullptr;
    return t && t->dtype() == e.dtype() ? *t : Tensor();  // an imported node may say one type and hold another
  }
  if (op == "Shape" || op == "Rank" || op == "Size") {
    if (Tensor t = value_from_shape(node, 0, node.input(0).shape()); t.valid()) return t;
  } else if (op == "ShapeN") {
    if (Tensor t = value_from_shape(node, e.index, node.input(e.index).shape()); t.valid()) return t;
  }
  ConstantEvaluator* const higher = evaluator.load(std::memory_order_acquire);
  return higher ? higher->evaluate(e) : Tensor();
}

StatusOr<Shape> constant_value_as_shape(Endpoint e) {
  Shape shape = Shape::unknown();
  if (e) RETURN_IF_ERROR(as_shape(e, 0, &shape));
  return shape;
}

}  // namespace reflow::graph
