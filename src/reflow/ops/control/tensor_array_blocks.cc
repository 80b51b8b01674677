// TensorArrays, many elements at once: gather and scatter, concat and split.

#include <numeric>
#include <string>
#include <vector>

#include "reflow/op/elements.h"
#include "reflow/op/parts.h"
#include "reflow/ops/control/tensor_array.h"
#include "reflow/ops/control/tensor_array_shape.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

std::vector<int64_t> first_integers(int64_t n) {
  std::vector<int64_t> integers(n);
  std::iota(integers.begin(), integers.end(), 0);
  return integers;
}

StatusOr<std::vector<int64_t>> indices_at(KernelContext& c, int i) {
  const Tensor& indices = c.input(i);
  if (indices.rank() != 1) {
    return invalid_argument("Expected indices to be a vector, but received shape: {}", indices.shape().str());
  }
  return std::vector<int64_t>(indices.flat<int32_t>().begin(), indices.flat<int32_t>().end());
}

// The elements of `values`, one behind the other, in `output`.
void copy_all(const std::vector<Tensor>& values, Tensor* output) {
  const CopyElementsFn copy = copy_elements_fn(output->dtype());
  char* to = static_cast<char*>(output->raw_data());
  for (const Tensor& value : values) {
    copy(to, value.raw_data(), value.num_elements());
    to += value.size_bytes();
  }
}

// The elements of `value` from element `begin` on: where they lie, if nobody else has a hold on them, who might change
// them; else a copy.
StatusOr<Tensor> part_of(const Tensor& value, bool in_place, int64_t begin, const Shape& shape) {
  if (in_place) {
    char* at = static_cast<char*>(const_cast<void*>(value.raw_data())) + begin * dtype_size(value.dtype());
    return Tensor(value.dtype(), shape, value.buffer(), at);
  }
  ASSIGN_OR_RETURN(Tensor part, allocate_tensor(value.dtype(), shape));
  const char* from = static_cast<const char*>(value.raw_data()) + begin * dtype_size(value.dtype());
  copy_elements_fn(value.dtype())(part.raw_data(), from, part.num_elements());
  return part;
}

// May the elements, which begin at these places of `value`, stay where they are?
bool may_stay(const Tensor& value, std::vector<int64_t> begins) {
  const int64_t bytes = begins.empty() ? 0 : value.size_bytes() / static_cast<int64_t>(begins.size());
  return is_plain(value.dtype()) && fills_own_buffer(value) && bytes >= kMinPartBytes &&
         are_aligned(Parts{0, std::move(begins)}, value.dtype());
}

Shape without_first(const Shape& shape) { return shape.sub_shape(1, shape.rank()); }

class TensorArrayGather : public Kernel {
 public:
  explicit TensorArrayGather(KernelInit& c)
      : dtype_(c.attr<DType>("dtype")), element_shape_(c.attr<Shape>("element_shape")) {}

  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(TensorArray * array, tensor_array_of(c));
    RETURN_IF_ERROR(check_read_type(*array, dtype_));
    std::vector<Tensor> values;
    if (c.num_inputs() > 2) {
      ASSIGN_OR_RETURN(const std::vector<int64_t> wanted, indices_at(c, 1));
      RETURN_IF_ERROR(array->read_many(wanted, &values));
    } else {  // TensorArrayPack
      RETURN_IF_ERROR(array->read_all(&values));
    }
    if (values.empty()) return give_nothing(c, *array);
    const Shape& first = values[0].shape();
    if (!element_shape_.compatible_with(first)) {
      return invalid_argument("TensorArray was passed element_shape {} which does not match the Tensor at index 0: {}",
                              element_shape_.str(), first.str());
    }
    for (size_t i = 1; i < values.size(); ++i) {
      if (values[i].shape() == first) continue;
      return invalid_argument("TensorArray has inconsistent shapes.  Index 0 has shape: {} but index {} has shape: {}",
                              first.str(), i, values[i].shape().str());
    }
    Shape shape = first;
    shape.insert_dim(0, static_cast<int64_t>(values.size()));
    ASSIGN_OR_RETURN(Tensor output, allocate_tensor(dtype_, shape));
    copy_all(values, &output);
    c.set_output(0, std::move(output));
    return OkStatus();
  }

 private:
  Status give_nothing(KernelContext& c, TensorArray& array) const {
    Shape shape = element_shape_;
    if (const Shape known = array.element_shape(); !shape.fully_defined() && known.compatible_with(shape)) {
      if (known.fully_defined() || !shape.known_rank()) shape = known;
    }
    if (!shape.fully_defined()) {
      return unimplemented(
          "TensorArray has size zero, but element shape {} is not fully defined. Currently only static shapes are supported "
          "when packing zero-size TensorArrays.", shape.str());
    }
    shape.insert_dim(0, 0);
    ASSIGN_OR_RETURN(Tensor output, allocate_tensor(dtype_, shape));
    c.set_output(0, std::move(output));
    return OkStatus();
  }

  DType dtype_;
  Shape element_shape_;
};

class TensorArrayConcat : public Kernel {
 public:
  explicit TensorArrayConcat(KernelInit& c)
      : dtype_(c.attr<DType>("dtype")), rest_(c.attr<Shape>("element_shape_except0")) {}

  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(TensorArray * array, tensor_array_of(c));
    RETURN_IF_ERROR(check_read_type(*array, dtype_));
    std::vector<Tensor> values;
    RETURN_IF_ERROR(array->read_all(&values));
    const auto size = static_cast<int64_t>(values.size());
    Shape rest = rest_;
    if (values.empty()) {
      const Shape known = array->element_shape();
      if (!rest.fully_defined() && known.rank() > 0) rest = without_first(known);
      if (!rest.fully_defined()) {
        return unimplemented(
            "TensorArray has size zero, but element_shape_except0 {} is not fully defined. Currently only static shapes are "
            "supported when concatenating zero-size TensorArrays.", rest.str());
      }
    }
    Tensor lengths(DType::kInt64, Shape{size});
    int64_t total = 0;
    for (int64_t i = 0; i < size; ++i) {
      const Shape& shape = values[i].shape();
      if (shape.rank() < 1) {
        return invalid_argument("Concat saw a scalar shape at index {} but requires at least vectors.  Did you mean to call "
                                "pack?", i);
      }
      if (i == 0) {
        rest = without_first(shape);
        if (!rest_.compatible_with(rest)) {
          return invalid_argument("TensorArray was passed element_shape_except0 {} but index 0 has (excepting dimension 0) "
                                  "shape: {} which does not match.", rest_.str(), rest.str());
        }
      } else if (const Shape other = without_first(shape); !(other == rest)) {
        return invalid_argument("TensorArray has inconsistent shapes.  Index 0 has (excepting dimension 0) shape: {} but "
                                "index {} has (excepting dimension 0) shape: {}", rest.str(), i, other.str());
      }
      lengths.data<int64_t>()[i] = shape.dim(0);
      total += shape.dim(0);
    }
    rest.insert_dim(0, total);
    ASSIGN_OR_RETURN(Tensor output, allocate_tensor(dtype_, rest));
    copy_all(values, &output);
    c.set_output(0, std::move(output));
    c.set_output(1, std::move(lengths));
    return OkStatus();
  }

 private:
  DType dtype_;
  Shape rest_;
};

class TensorArrayScatter : public Kernel {
 public:
  explicit TensorArrayScatter(KernelInit&) {}

  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(TensorArray * array, tensor_array_of(c));
    const int flow = c.num_inputs() - 1;
    const Tensor& value = c.input(flow - 1);
    const bool unpacks = flow == 2;  // TensorArrayUnpack: to all places
    RETURN_IF_ERROR(check_written_type(*array, value.dtype()));
    if (value.rank() < 1) {
      return invalid_argument("Input value for unpack must be at least a vector but received shape: {}", value.shape().str());
    }
    std::vector<int64_t> places = first_integers(value.dim(0));
    if (!unpacks) {
      ASSIGN_OR_RETURN(places, indices_at(c, 1));
      if (static_cast<int64_t>(places.size()) != value.dim(0)) {
        return invalid_argument("Expected len(indices) == values.shape[0], but saw: {} vs. {}", places.size(), value.dim(0));
      }
    }
    int64_t largest = -1;
    for (const int64_t place : places) largest = std::max(largest, place);
    ASSIGN_OR_RETURN(const int64_t size, array->size());
    if (unpacks && value.dim(0) != size && !(array->dynamic_size() && value.dim(0) > size)) {
      return invalid_argument("Input value must have first dimension equal to the array size ({} vs. {})", value.dim(0), size);
    }
    if (largest >= size && !array->dynamic_size()) {
      return invalid_argument("Max scatter index must be < array size ({} vs. {})", largest, size);
    }
    const Shape shape = without_first(value.shape());
    std::vector<int64_t> begins = first_integers(value.dim(0));
    for (int64_t& begin : begins) begin *= shape.num_elements();
    const bool in_place = may_stay(value, begins);
    std::vector<Tensor> elements;
    for (const int64_t begin : begins) {
      ASSIGN_OR_RETURN(Tensor element, part_of(value, in_place, begin, shape));
      elements.push_back(std::move(element));
    }
    RETURN_IF_ERROR(array->write_many(places, std::move(elements)));
    c.forward(flow, 0);
    return OkStatus();
  }
};

class TensorArraySplit : public Kernel {
 public:
  explicit TensorArraySplit(KernelInit&) {}

  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(TensorArray * array, tensor_array_of(c));
    const Tensor& value = c.input(1);
    const Tensor& lengths = c.input(2);
    RETURN_IF_ERROR(check_written_type(*array, value.dtype()));
    if (lengths.rank() != 1) {
      return invalid_argument("Expected lengths to be a vector, received shape: {}", lengths.shape().str());
    }
    if (value.rank() < 1) {
      return invalid_argument("Expected value to be at least a vector, but received shape: {}", value.shape().str());
    }
    int64_t total = 0;
    for (const int64_t length : lengths.flat<int64_t>()) {
      if (length < 0 || length > value.dim(0) - total) total = -1;
      if (total < 0) break;
      total += length;
    }
    if (total != value.dim(0)) {
      int64_t sum = 0;
      for (const int64_t length : lengths.flat<int64_t>()) {
        sum = static_cast<int64_t>(static_cast<uint64_t>(sum) + static_cast<uint64_t>(length));
      }
      return invalid_argument("Expected sum of lengths to be equal to values.shape[0], but sum of lengths is {} and value's "
                              "shape is: {} ", sum, value.shape().str());
    }
    const int64_t n = lengths.num_elements();
    ASSIGN_OR_RETURN(const int64_t size, array->size());
    if (n != size && !(array->dynamic_size() && n > size)) {
      return invalid_argument("TensorArray's size is not equal to the size of lengths ({} vs. {}), and the TensorArray is not "
                              "marked as dynamically resizeable", size, n);
    }
    const int64_t row = without_first(value.shape()).num_elements();
    std::vector<int64_t> begins;
    int64_t begin = 0;
    for (const int64_t length : lengths.flat<int64_t>()) {
      begins.push_back(begin * row);
      begin += length;
    }
    const bool in_place = may_stay(value, begins);
    std::vector<Tensor> parts;
    for (int64_t i = 0; i < n; ++i) {
      Shape shape = value.shape();
      shape.set_dim(0, lengths.flat<int64_t>()[i]);
      ASSIGN_OR_RETURN(Tensor part, part_of(value, in_place, begins[i], shape));
      parts.push_back(std::move(part));
    }
    RETURN_IF_ERROR(array->write_many(first_integers(n), std::move(parts)));
    c.forward(3, 0);
    return OkStatus();
  }
};

Status check_vector(ShapeContext& c, int indices, int flow, Shape* vector) {
  RETURN_IF_ERROR(check_array_handle(c));
  if (!c.concrete()) RETURN_IF_ERROR(c.with_rank(c.input(indices), 1, vector));
  Shape scalar;
  return c.with_rank(c.input(flow), 0, &scalar);
}

Status gather_shape(ShapeContext& c) {
  Shape indices;
  RETURN_IF_ERROR(check_vector(c, 1, 2, &indices));
  Shape shape = array_element_shape(c, c.attr_or("dtype", DType::kInvalid));
  if (c.concrete() || !shape.known_rank()) {
    c.set_output(0, Shape::unknown());
    return OkStatus();
  }
  shape.insert_dim(0, indices.known_rank() ? indices.dim(0) : -1);
  c.set_output(0, std::move(shape));
  return OkStatus();
}

Status scatter_shape(ShapeContext& c) {
  Shape indices;
  RETURN_IF_ERROR(check_vector(c, 1, 3, &indices));
  c.set_output(0, Shape{});
  if (c.concrete() || !indices.known_rank() || c.input(2).rank() < 1) return OkStatus();
  int64_t rows;
  return c.merge_dim(c.input(2).dim(0), indices.dim(0), &rows);
}

Status concat_shape(ShapeContext& c) {
  RETURN_IF_ERROR(check_array_handle(c));
  c.set_output(0, Shape::unknown());
  c.set_output(1, Shape{-1});
  return OkStatus();
}

Status split_shape(ShapeContext& c) {
  Shape lengths;
  RETURN_IF_ERROR(check_vector(c, 2, 3, &lengths));
  c.set_output(0, Shape{});
  return OkStatus();
}

Status gather_grad(GradContext& g) {
  const Endpoint dy = g.dy(0);
  if (!dy) return g.status();
  const GradArray array = gradient_array(g, g.x(0), g.x(2), dy);
  GradContext::Scope scope(g.graph(), "TensorArrayScatter");
  g.dx(2) = g.op("TensorArrayScatterV3", {array.handle, g.x(1), dy, array.flow});
  return g.status();
}

Status scatter_grad(GradContext& g) {
  const Endpoint flow = g.dy(0);
  if (!flow) return g.status();
  const GradArray array = gradient_array(g, g.x(0), flow, flow);
  g.dx(2) = g.op("TensorArrayGatherV3", {array.handle, g.x(1), array.flow},
                 {{"dtype", g.attr<DType>("T")}, {"element_shape", Shape::unknown()}});
  g.dx(3) = flow;
  return g.status();
}

Status concat_grad(GradContext& g) {
  const Endpoint dy = g.dy(0);
  if (!dy) return g.status();
  const GradArray array = gradient_array(g, g.x(0), g.x(1), dy);
  GradContext::Scope scope(g.graph(), "TensorArraySplit");
  g.dx(1) = g.op("TensorArraySplitV3", {array.handle, dy, g.y(1), array.flow});
  return g.status();
}

Status split_grad(GradContext& g) {
  const Endpoint flow = g.dy(0);
  if (!flow) return g.status();
  const GradArray array = gradient_array(g, g.x(0), flow, flow);
  g.dx(1) = g.op("TensorArrayConcatV3", {array.handle, array.flow},
                 {{"dtype", g.attr<DType>("T")}, {"element_shape_except0", Shape::unknown()}});
  g.dx(3) = flow;
  return g.status();
}

OpBuilder gather_op(int version) {
  return array_op("TensorArrayGather", version, gather_shape)
      .input("indices: int32")
      .input("flow_in: float")
      .output("value: dtype")
      .attr("dtype: type")
      .attr("element_shape: shape = { unknown_rank: true }")
      .doc("The elements `indices`, stacked: of elements of shape [a, b], [n, a, b].")
      .kernel<TensorArrayGather>(kCpu)
      .gradient(gather_grad);
}

OpBuilder scatter_op(int version) {
  return array_op("TensorArrayScatter", version, scatter_shape)
      .input("indices: int32")
      .input("value: T")
      .input("flow_in: float")
      .output("flow_out: float")
      .attr("T: type")
      .doc("Makes value[i] the element indices[i].")
      .kernel<TensorArrayScatter>(kCpu)
      .gradient(scatter_grad);
}

OpBuilder concat_op(int version) {
  return array_op("TensorArrayConcat", version, concat_shape)
      .input("flow_in: float")
      .output("value: dtype")
      .output("lengths: int64")
      .attr("dtype: type")
      .attr("element_shape_except0: shape = { unknown_rank: true }")
      .doc("All elements, joined along their first dimension, and how large that is in each.")
      .kernel<TensorArrayConcat>(kCpu)
      .gradient(concat_grad);
}

OpBuilder split_op(int version) {
  return array_op("TensorArraySplit", version, split_shape)
      .input("value: T")
      .input("lengths: int64")
      .input("flow_in: float")
      .output("flow_out: float")
      .attr("T: type")
      .doc("Makes the first lengths[0] rows of `value` element 0, the next lengths[1] rows element 1, and so on.")
      .kernel<TensorArraySplit>(kCpu)
      .gradient(split_grad);
}

const OpRegistrar kOps[] = {
    gather_op(3),
    gather_op(2).deprecated(26, "Use TensorArrayGatherV3"),
    gather_op(1).deprecated(16, "Use TensorArrayGatherV3"),
    scatter_op(3),
    scatter_op(2).deprecated(26, "Use TensorArrayScatterV3"),
    scatter_op(1).deprecated(19, "Use TensorArrayGradV3"),
    concat_op(3),
    concat_op(2),
    concat_op(1).deprecated(16, "Use TensorArrayGradV3"),
    split_op(3),
    split_op(2).deprecated(26, "Use TensorArraySplitV3"),
    split_op(1).deprecated(16, "Use TensorArraySplitV3"),
    array_op("TensorArrayPack", 1, nullptr)
        .input("flow_in: float")
        .output("value: dtype")
        .attr("dtype: type")
        .attr("element_shape: shape = { unknown_rank: true }")
        .deprecated(16, "Use TensorArrayGatherV3 with RangeOp")
        .doc("All elements, stacked.")
        .kernel<TensorArrayGather>(kCpu),
    array_op("TensorArrayUnpack", 1, nullptr)
        .input("value: T")
        .input("flow_in: float")
        .output("flow_out: float")
        .attr("T: type")
        .deprecated(20, "Use TensorArrayScatterV3 with RangeOp")
        .doc("Makes value[i] the element i.")
        .kernel<TensorArrayScatter>(kCpu),
};

}  // namespace
}  // namespace reflow::ops
