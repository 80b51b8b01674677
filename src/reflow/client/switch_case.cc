#include "reflow/client/switch_case.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/branch_functions.h"
#include "reflow/client/eager.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/scopes.h"

namespace reflow {
namespace {

// What holds of the shapes of one result in all branches.
Shape common_shape(const std::vector<std::vector<Shape>>& shapes, size_t result) {
  Shape common = shapes[0][result];
  for (const std::vector<Shape>& branch : shapes) {
    const Shape& other = branch[result];
    if (common.rank() < 0 || common.rank() != other.rank()) return Shape::unknown();
    for (int i = 0; i < common.rank(); ++i) {
      if (common.dim(i) != other.dim(i)) common.set_dim(i, Shape::kUnknown);
    }
  }
  return common;
}

std::vector<Output> call_one(const Output& index, const std::vector<SwitchListFn>& branches) {
  for (size_t i = 0; i + 1 < branches.size(); ++i) {
    if (eager_bool(equal(index, constant(static_cast<int>(i), {.dtype = index.dtype()})))) return branches[i]();
  }
  return branches.back()();
}

void check_results(const std::vector<std::vector<DType>>& types) {
  for (size_t i = 1; i < types.size(); ++i) {
    if (types[i] == types[0]) continue;
    throw TypeError(fmt::format("branches[0] and branches[{}] arguments to tf.switch_case must have the same number, type, "
                                "and overall structure of return values.", i));
  }
}

}  // namespace

std::vector<Output> switch_case_lists(const TensorLike& branch_index, const std::vector<SwitchListFn>& branch_fns,
                                      const SwitchListFn& default_fn, const std::string& name) {
  if (branch_fns.empty()) throw ValueError("Must provide at least one item in branch_fns");
  std::vector<SwitchListFn> branches = branch_fns;
  if (default_fn) branches.push_back(default_fn);
  const name_scope outer(name, "case");
  const name_scope scope("indexed_case");
  const Output index = client::convert(branch_index, DType::kInvalid, "branch_index");
  if (!is_integer(index.dtype())) {
    throw TypeError(fmt::format("branch_index must an integer Tensor, got <dtype: '{}'>", dtype_name(index.dtype())));
  }
  if (executing_eagerly()) return call_one(index, branches);
  std::string prefix = scope.name().substr(0, scope.name().size() - 1);
  std::ranges::replace(prefix, '/', '_');
  std::vector<std::string> names;
  for (size_t i = 0; i < branches.size(); ++i) names.push_back(fmt::format("{}_branch{}", prefix, i));
  const client::BranchFunctions functions = client::define_branches(branches, names);
  check_results(functions.types);

  std::vector<graph::NameAttrList> called;
  for (const std::string& function : functions.names) called.push_back({function, std::make_shared<graph::AttrMap>()});
  std::vector<DType> inputs;
  for (const Output& captured : functions.captured) inputs.push_back(base_type(captured.dtype()));
  std::vector<Shape> shapes;
  for (size_t i = 0; i < functions.shapes[0].size(); ++i) shapes.push_back(common_shape(functions.shapes, i));
  graph::Node* const node = client::make_op(
      "Case", scope.name(), {index, TensorList(functions.captured.begin(), functions.captured.end())},
      {{"branches", std::move(called)}, {"Tin", std::move(inputs)}, {"Tout", functions.types[0]},
       {"output_shapes", std::move(shapes)}, {"_lower_using_switch_merge", true}});
  std::vector<Output> outputs;
  for (const Output& output : client::all_outputs(node)) outputs.push_back(identity(output));
  return outputs;
}

Output switch_case(const TensorLike& branch_index, const std::vector<SwitchFn>& branch_fns, const SwitchFn& default_fn,
                   const std::string& name) {
  const auto list = [](const SwitchFn& fn) -> SwitchListFn {
    return [fn] { return std::vector<Output>{fn()}; };
  };
  std::vector<SwitchListFn> branches;
  for (const SwitchFn& fn : branch_fns) branches.push_back(list(fn));
  return switch_case_lists(branch_index, branches, default_fn ? list(default_fn) : SwitchListFn(), name).at(0);
}

}  // namespace reflow
