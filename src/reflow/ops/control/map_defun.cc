// MapDefun: a function called with each row of its arguments.

#include <string>
#include <vector>

#include "reflow/op/elements.h"
#include "reflow/op/function_runner.h"
#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

Tensor row_of(const Tensor& t, int64_t i) { return t.rows(i, i + 1).reshaped(t.shape().sub_shape(1, t.rank())).copy(); }

class MapDefun : public CallingKernel {
 public:
  explicit MapDefun(KernelInit& c)
      : num_arguments_(static_cast<int>(c.attr<std::vector<DType>>("Targuments").size())),
        shapes_(c.attr<std::vector<Shape>>("output_shapes")),
        function_(c, "f") {
    note(function_);
  }

  Status compute(KernelContext& c) override {
    int64_t rows = -1;
    for (int i = 0; i < num_arguments_; ++i) {
      const Shape& shape = c.input(i).shape();
      if (shape.rank() == 0) return invalid_argument("All inputs must have rank at least 1. Input {} has a rank of 0.", i);
      if (rows >= 0 && shape.dim(0) != rows) {
        return invalid_argument("All inputs must have the same dimension 0. Input {} has leading dimension {}, while all previous inputs have "
                                "leading dimension {}", i, shape.dim(0), rows);
      }
      rows = shape.dim(0);
    }
    std::vector<std::vector<Tensor>> results(c.num_outputs());
    for (int64_t row = 0; row < rows; ++row) {
      std::vector<Tensor> inputs;
      for (int i = 0; i < c.num_inputs(); ++i) inputs.push_back(i < num_arguments_ ? row_of(c.input(i), row) : c.input(i));
      ASSIGN_OR_RETURN(std::vector<Tensor> values, function_.call(c.env(), std::move(inputs), c.num_outputs()));
      for (int i = 0; i < c.num_outputs(); ++i) {
        if (values[i].dtype() != c.node().output_type(i)) {
          return invalid_argument("Output {} of the function is {}, not {}", i, dtype_spec_name(values[i].dtype()),
                                  dtype_spec_name(c.node().output_type(i)));
        }
        if (!results[i].empty() && !(values[i].shape() == results[i][0].shape())) {
          return invalid_argument("Mismatch in function retval {} shape.  Previous rows: {}, got: {}", i, results[i][0].shape().str(),
                                  values[i].shape().str());
        }
        results[i].push_back(std::move(values[i]));
      }
    }
    for (int i = 0; i < c.num_outputs(); ++i) RETURN_IF_ERROR(put(c, i, rows, results[i]));
    return OkStatus();
  }

 private:
  Status put(KernelContext& c, int i, int64_t rows, const std::vector<Tensor>& values) const {
    Shape shape = values.empty() ? shapes_[i] : values[0].shape();
    if (!shape.fully_defined()) return invalid_argument("The shape {} of output {} must be known where there are no rows", shape.str(), i);
    const int64_t size = shape.num_elements();
    shape.insert_dim(0, rows);
    ASSIGN_OR_RETURN(Tensor all, allocate_tensor(c.node().output_type(i), shape));
    const CopyElementsFn copy = copy_elements_fn(all.dtype());
    char* to = static_cast<char*>(all.raw_data());
    for (const Tensor& value : values) {
      copy(to, value.raw_data(), size);
      to += size * dtype_size(all.dtype());
    }
    c.set_output(i, std::move(all));
    return OkStatus();
  }

  const int num_arguments_;
  const std::vector<Shape> shapes_;
  CalledFunction function_;
};

Status map_shape(ShapeContext& c) {
  ASSIGN_OR_RETURN(const auto shapes, c.attr<std::vector<Shape>>("output_shapes"));
  ASSIGN_OR_RETURN(const auto arguments, c.attr<std::vector<DType>>("Targuments"));
  if (static_cast<int>(shapes.size()) != c.num_outputs()) {
    return invalid_argument("`output_shapes` must be the same length as `output_types` ({} vs. {})", shapes.size(), c.num_outputs());
  }
  int64_t rows = Shape::kUnknown;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const Shape& x = c.input(static_cast<int>(i));
    if (x.rank() == 0) return invalid_argument("Arguments must have rank at least 1. Input {} has rank of 0.", i);
    if (x.known_rank()) RETURN_IF_ERROR(c.merge_dim(x.dim(0), rows, &rows));
  }
  for (int i = 0; i < c.num_outputs(); ++i) {
    Shape shape = shapes[i];
    if (shape.known_rank()) shape.insert_dim(0, rows);
    c.set_output(i, c.concrete() ? Shape::unknown() : std::move(shape));
  }
  return OkStatus();
}

REFLOW_OP("MapDefun")
    .input("arguments: Targuments")
    .input("captured_inputs: Tcaptured")
    .output("output: output_types")
    .attr("Targuments: list(type) >= 1")
    .attr("Tcaptured: list(type) >= 0 = []")
    .attr("output_types: list(type) >= 1")
    .attr("output_shapes: list(shape) >= 1")
    .attr("f: func")
    .attr("max_intra_op_parallelism: int = 1")
    .doc("The results of `f` of each row of `arguments`, and of `captured_inputs`, one above the other.")
    .shape(map_shape)
    .kernel<MapDefun>(kCpu)
    .sets_outputs();

}  // namespace
}  // namespace reflow::ops
