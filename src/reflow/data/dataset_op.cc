#include "reflow/data/dataset_op.h"

#include <algorithm>
#include <array>

namespace reflow::data {

using graph::ArgDef;

DatasetKernel::DatasetKernel(op::KernelInit& c) {
  const auto types = [&](std::string_view name) {
    return c.node().find_attr(name) != nullptr ? c.attr<std::vector<DType>>(name) : std::vector<DType>();
  };
  spec_.types = types("output_types");
  if (spec_.types.empty()) spec_.types = types("Toutput_types");
  if (c.node().find_attr("output_shapes") == nullptr) return;
  spec_.shapes = c.attr<std::vector<Shape>>("output_shapes");
  if (c.status().ok() && spec_.types.size() != spec_.shapes.size()) {
    c.fail(invalid_argument("`output_shapes` must be the same length as `output_types` ({} vs. {})", spec_.shapes.size(),
                            spec_.types.size()));
  }
}

Status DatasetKernel::compute(op::KernelContext& c) {
  ASSIGN_OR_RETURN(DatasetRef dataset, make(c));
  c.set_output(0, tensor_of(std::move(dataset)));
  return OkStatus();
}

FunctionAttr::FunctionAttr(op::KernelInit& c, std::string_view function, std::string_view types)
    : function_(c.attr<graph::NameAttrList>(function)),
      num_captured_(static_cast<int>(c.attr<std::vector<DType>>(types).size())) {}

CapturedFunction FunctionAttr::with_captured(op::KernelContext& c, int first) const {
  std::vector<Tensor> captured;
  for (int i = first; i < first + num_captured_; ++i) captured.push_back(c.input(i).retained());
  return CapturedFunction(function_, std::move(captured));
}

Status dataset_shape(graph::ShapeContext& c) {
  static constexpr std::array kVectors{"optimizations", "transformations", "select_cols", "row_shape"};
  static constexpr std::array kVectorsOrScalars{"filenames", "patterns"};
  int i = 0;
  bool ahead = true;  // of the first list, behind which inputs are counted from the end
  const std::vector<ArgDef>& args = c.node().op().inputs;
  Shape ignored;
  const auto check = [&](const ArgDef& arg, int input) -> Status {
    if (std::ranges::find(kVectors, arg.name) != kVectors.end()) return c.with_rank(c.input(input), 1, &ignored);
    if (std::ranges::find(kVectorsOrScalars, arg.name) != kVectorsOrScalars.end()) {
      return c.with_rank_at_most(c.input(input), 1, &ignored);
    }
    if (arg.type == DType::kResource || arg.type == DType::kInvalid) return OkStatus();
    return c.with_rank(c.input(input), 0, &ignored);
  };
  const bool is_sparse_source = c.node().type() == "SparseTensorSliceDataset";
  for (size_t a = 0; a < args.size() && ahead && !is_sparse_source; ++a) {
    ahead = !args[a].is_list();
    if (ahead) RETURN_IF_ERROR(check(args[a], i++));
  }
  int back = c.num_inputs();
  for (size_t a = args.size(); a > 0 && !ahead && !args[a - 1].is_list(); --a) RETURN_IF_ERROR(check(args[a - 1], --back));
  c.set_output(0, Shape{});
  return OkStatus();
}

op::OpBuilder dataset_op(std::string_view name) {
  return op::OpBuilder(name).shape(dataset_shape).sets_outputs();
}

}  // namespace reflow::data
