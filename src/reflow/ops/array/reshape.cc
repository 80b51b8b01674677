// The same elements with other dimensions: Reshape, ExpandDims, Squeeze. Their outputs are the inputs' memory.

#include <algorithm>
#include <vector>

#include "reflow/op/indices.h"
#include "reflow/op/op.h"
#include "reflow/op/quantized.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

// The shape that `sizes` ask for, of which one may be -1, for the elements of `in`.
Status reshaped_shape(const Shape& in, const Tensor& sizes, Shape* out) {
  if (sizes.rank() != 1) return invalid_argument("sizes input must be 1-D, not {}", sizes.shape().str());
  const IndexReader wanted(sizes);
  const int64_t rank = wanted.size();
  if (rank > Shape::kMaxRank) return invalid_argument("too many dimensions: {}", rank);
  int unknown = -1;
  bool has_zero = false;
  int64_t product = 1;  // of the sizes that aren't zero
  Shape shape;
  for (int d = 0; d < rank; ++d) {
    const int64_t size = wanted[d];
    if (size == -1) {
      if (unknown >= 0) return invalid_argument("Only one input size may be -1, not both {} and {}", unknown, d);
      unknown = d;
      shape.add_dim(1);
      continue;
    }
    if (size < 0) return invalid_argument("Size {} must be non-negative, not {}", d, size);
    shape.add_dim(size);
    if (size == 0) {
      has_zero = true;
    } else if (__builtin_mul_overflow(product, size, &product)) {
      return invalid_argument("Shape {} has more elements than can be counted", shape.str());
    }
  }
  const int64_t num_elements = in.num_elements();
  if (unknown >= 0) {
    int64_t to_share = 1;
    bool in_has_zero = false;
    for (const int64_t size : in.dims()) {
      if (size > 0 || !has_zero) {
        to_share *= size;
      } else {
        in_has_zero = true;
      }
    }
    const int64_t missing = to_share / product;
    if (!in_has_zero && product * missing != to_share) {
      return invalid_argument(
          "Input to reshape is a tensor with {} values, but the requested shape requires a multiple of {}", to_share,
          product);
    }
    shape.set_dim(unknown, missing);
  }
  if (shape.num_elements() != num_elements) {
    return invalid_argument("Input to reshape is a tensor with {} values, but the requested shape has {}", num_elements,
                            shape.num_elements());
  }
  *out = std::move(shape);
  return OkStatus();
}

class Reshape : public Kernel {
 public:
  explicit Reshape(KernelInit&) {}
  Status compute(KernelContext& c) override {
    Shape shape;
    RETURN_IF_ERROR(reshaped_shape(c.input(0).shape(), c.input(1), &shape));
    c.set_output(0, c.input(0).reshaped(std::move(shape)));
    return OkStatus();
  }
};

// The product of the known dimensions and the one unknown dimension, if it is one.
struct KnownElements {
  explicit KnownElements(const Shape& shape) {
    for (int d = 0; d < shape.rank(); ++d) {
      if (shape.dim(d) == 0) {
        product = 0;
        unknown = -1;
        return;
      }
    }
    for (int d = 0; d < shape.rank(); ++d) {
      if (shape.dim(d) < 0) {
        too_many = unknown >= 0;
        unknown = d;
        if (too_many) return;
      } else if (__builtin_mul_overflow(product, shape.dim(d), &product)) {
        too_many = true;
        return;
      }
    }
  }
  int64_t product = 1;
  int unknown = -1;
  bool too_many = false;
};

Status divide_evenly(int64_t size, int64_t by, int64_t* out) {
  if (size % by != 0) return invalid_argument("Dimension size must be evenly divisible by {} but is {}", by, size);
  *out = size / by;
  return OkStatus();
}

Status reshape_shape(ShapeContext& c) {
  Shape out;
  if (c.concrete() && c.value(1) != nullptr) {
    RETURN_IF_ERROR(reshaped_shape(c.input(0), *c.value(1), &out));
    c.set_output(0, std::move(out));
    return OkStatus();
  }
  RETURN_IF_ERROR(c.value_as_shape(1, &out));
  const Shape& in = c.input(0);
  if (!out.known_rank() || !in.known_rank()) {
    c.set_output(0, std::move(out));
    return OkStatus();
  }
  const KnownElements have(in), want(out);
  if (have.too_many || want.too_many) {
    c.set_output(0, std::move(out));
    return OkStatus();
  }
  if (have.unknown < 0 && want.unknown < 0) {
    if (have.product != want.product) {
      return invalid_argument("Cannot reshape a tensor with {} elements to shape {} ({} elements)", have.product,
                              out.str(), want.product);
    }
  } else if (have.unknown < 0 && want.product > 0) {
    int64_t missing;
    RETURN_IF_ERROR(divide_evenly(have.product, want.product, &missing));
    out.set_dim(want.unknown, missing);
  } else if (have.unknown >= 0 && want.unknown < 0 && have.product != 0) {
    int64_t missing;
    RETURN_IF_ERROR(divide_evenly(want.product, have.product, &missing));
  }
  c.set_output(0, std::move(out));
  return OkStatus();
}

void reshape_to_input(GradContext& g) {
  const Endpoint shape = g.shape(g.x(0));
  g.dx(0) = g.op("Reshape", {g.dy(0), shape});
}

REFLOW_OP("Reshape")
    .input("tensor: T")
    .input("shape: Tshape")
    .output("output: T")
    .attr("T: type")
    .attr("Tshape: {int32, int64} = DT_INT32")
    .doc("The elements of `tensor` in the shape `shape`. One of its sizes may be -1: whatever is left.")
    .shape(reshape_shape)
    .kernel<Reshape>(kCpu)
    .sets_outputs()
    .alias(0, 0)
    .gradient(reshape_to_input);

Status expanded_shape(const Shape& in, int64_t dim, Shape* out) {
  *out = in;
  out->insert_dim(static_cast<int>(dim < 0 ? dim + in.rank() + 1 : dim), 1);
  return OkStatus();
}

class ExpandDims : public Kernel {
 public:
  explicit ExpandDims(KernelInit&) {}
  Status compute(KernelContext& c) override {
    if (c.input(1).num_elements() != 1) return invalid_argument("'dim' must be a tensor with a single value");
    const int64_t dim = IndexReader(c.input(1))[0];
    const Tensor& in = c.input(0);
    if (dim < -1 - in.rank() || dim > in.rank()) {
      return invalid_argument("Tried to expand dim index {} for tensor with {} dimensions.", dim, in.rank());
    }
    Shape shape;
    RETURN_IF_ERROR(expanded_shape(in.shape(), dim, &shape));
    c.set_output(0, in.reshaped(std::move(shape)));
    return OkStatus();
  }
};

Status expand_dims_shape(ShapeContext& c) {
  const Tensor* value = c.value(1);
  const Shape& in = c.input(0);
  Shape out = Shape::unknown();
  if (value != nullptr) {
    if (value->num_elements() != 1) {
      return c.concrete() ? invalid_argument("'dim' must be a tensor with a single value")
                          : invalid_argument("'dim' input must be a tensor with a single value");
    }
    const int64_t dim = IndexReader(*value)[0];
    if (in.known_rank()) {
      if (dim < -1 - in.rank() || dim > in.rank()) {
        if (c.concrete()) {
          return invalid_argument("Tried to expand dim index {} for tensor with {} dimensions.", dim, in.rank());
        }
        return invalid_argument("dim {} not in the interval [{}, {}].", dim, -1 - in.rank(), in.rank());
      }
      RETURN_IF_ERROR(expanded_shape(in, dim, &out));
    }
  }
  c.set_output(0, std::move(out));
  return OkStatus();
}

REFLOW_OP("ExpandDims")
    .input("input: T")
    .input("dim: Tdim")
    .output("output: T")
    .attr("T: type")
    .attr("Tdim: {int32, int64} = DT_INT32")
    .doc("`input` with a dimension of size 1 more, at `dim`; negative ones count from the back.")
    .shape(expand_dims_shape)
    .kernel<ExpandDims>(kCpu)
    .sets_outputs()
    .alias(0, 0)
    .gradient(reshape_to_input);

// `in` without the dimensions `dims`, or without all of size 1 when there are none.
Status squeezed_shape(const Shape& in, const std::vector<int64_t>& dims, Shape* out) {
  *out = Shape{};
  for (int d = 0; d < in.rank(); ++d) {
    bool squeeze = dims.empty() && in.dim(d) == 1;
    for (const int64_t dim : dims) squeeze = squeeze || (dim < 0 ? dim + in.rank() : dim) == d;
    if (!squeeze) {
      out->add_dim(in.dim(d));
    } else if (in.dim(d) != 1 && in.dim(d) != Shape::kUnknown) {
      return invalid_argument("Can not squeeze dim[{}], expected a dimension of 1, got {}", d, in.dim(d));
    }
  }
  return OkStatus();
}

Status check_squeeze_dims(const Shape& in, const std::vector<int64_t>& dims) {
  for (const int64_t dim : dims) {
    if (dim < -in.rank() || dim >= in.rank()) {
      return invalid_argument("Tried to squeeze dim index {} for tensor with {} dimensions.", dim, in.rank());
    }
  }
  return OkStatus();
}

class Squeeze : public Kernel {
 public:
  explicit Squeeze(KernelInit& c) : dims_(c.attr<std::vector<int64_t>>("squeeze_dims")) {}
  Status compute(KernelContext& c) override {
    const Tensor& in = c.input(0);
    RETURN_IF_ERROR(check_squeeze_dims(in.shape(), dims_));
    Shape shape;
    RETURN_IF_ERROR(squeezed_shape(in.shape(), dims_, &shape));
    c.set_output(0, in.reshaped(std::move(shape)));
    return OkStatus();
  }

 private:
  std::vector<int64_t> dims_;
};

Status squeeze_shape(ShapeContext& c) {
  const Shape& in = c.input(0);
  ASSIGN_OR_RETURN(const auto dims, c.attr<std::vector<int64_t>>("squeeze_dims"));
  if (!in.known_rank()) {
    c.set_output(0, Shape::unknown());
    return OkStatus();
  }
  if (c.concrete()) {
    RETURN_IF_ERROR(check_squeeze_dims(in, dims));
  } else {
    for (size_t i = 0; i < dims.size(); ++i) {
      if (dims[i] < -in.rank() || dims[i] >= in.rank()) {
        return invalid_argument("squeeze_dims[{}] not in [{},{}).", i, -in.rank(), in.rank());
      }
    }
  }
  // Without `squeeze_dims` a dimension that isn't known may vanish or not.
  if (dims.empty() && !in.fully_defined()) {
    c.set_output(0, Shape::unknown());
    return OkStatus();
  }
  Shape out;
  RETURN_IF_ERROR(squeezed_shape(in, dims, &out));
  c.set_output(0, std::move(out));
  return OkStatus();
}

REFLOW_OP("Squeeze")
    .input("input: T")
    .output("output: T")
    .attr("T: type")
    .attr("squeeze_dims: list(int) >= 0 = []")
    .doc("`input` without its dimensions of size 1, or only without those that `squeeze_dims` names.")
    .shape(squeeze_shape)
    .kernel<Squeeze>(kCpu)
    .sets_outputs()
    .alias(0, 0)
    .gradient(reshape_to_input);

// The elements in another shape; the range that they stand for stays.
class QuantizedReshape : public Kernel {
 public:
  explicit QuantizedReshape(KernelInit&) {}
  Status compute(KernelContext& c) override {
    Shape shape;
    RETURN_IF_ERROR(reshaped_shape(c.input(0).shape(), c.input(1), &shape));
    c.set_output(0, c.input(0).reshaped(std::move(shape)));
    for (int i : {1, 2}) {
      if (c.input(i + 1).num_elements() < 1) return invalid_argument("{} is empty", i == 1 ? "input_min" : "input_max");
      c.set_output(i, Tensor::scalar(c.input(i + 1).item<float>()));
    }
    return OkStatus();
  }
};

REFLOW_OP("QuantizedReshape")
    .input("tensor: T")
    .input("shape: Tshape")
    .input("input_min: float")
    .input("input_max: float")
    .output("output: T")
    .output("output_min: float")
    .output("output_max: float")
    .attr("T: type")
    .attr("Tshape: {int32, int64} = DT_INT32")
    .doc("Reshape of quantized numbers.")
    .shape([](ShapeContext& c) {
      RETURN_IF_ERROR(reshape_shape(c));
      RETURN_IF_ERROR(check_scalars(c, 2, 4));
      set_range_outputs(c);
      return OkStatus();
    })
    .kernel_for<QuantizedReshape>(kCpu, Types<Quint8, Qint32>{})
    .sets_outputs();

}  // namespace
}  // namespace reflow::ops
