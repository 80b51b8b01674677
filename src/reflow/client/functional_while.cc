#include <algorithm>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/branch_function.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/functional_control_flow.h"
#include "reflow/client/graph_state.h"
#include "reflow/client/operators.h"
#include "reflow/client/python_text.h"
#include "reflow/client/scopes.h"

namespace reflow::client {
namespace {

constexpr size_t kFirstVariable = 2;  // behind the counter and the maximum

// Does `invariant` say no more than `shape`?
bool allows(const Shape& invariant, const Shape& shape) {
  if (!invariant.known_rank()) return true;
  if (invariant.rank() != shape.rank()) return false;
  for (int i = 0; i < invariant.rank(); ++i) {
    if (invariant.dim(i) >= 0 && invariant.dim(i) != shape.dim(i)) return false;
  }
  return true;
}

std::vector<Output> without_first(const std::vector<Output>& vars) { return {vars.begin() + kFirstVariable, vars.end()}; }

void check_body(const BranchFunction& body, const std::vector<Output>& vars, const std::vector<Shape>& invariants) {
  const std::vector<DType> types = body.result_types();
  const std::vector<Shape> shapes = body.result_shapes();
  for (size_t i = kFirstVariable; i < invariants.size(); ++i) {
    if (allows(invariants[i], shapes[i])) continue;
    throw ValueError(fmt::format(
        "Input tensor '{}' enters the loop with shape {}, but has shape {} after one iteration. To allow the shape to vary "
        "across iterations, use the `shape_invariants` argument of tf.while_loop to specify a less-specific shape.",
        vars[i].name(), python_shape(invariants[i]), python_shape(shapes[i])));
  }
  for (size_t i = 0; i < vars.size(); ++i) {
    if (base_type(vars[i].dtype()) == types[i]) continue;
    throw TypeError(fmt::format("Loop var {} enters the loop with type <dtype: '{}'> but has type <dtype: '{}'> after 1 iteration.",
                                vars[i].name(), dtype_name(base_type(vars[i].dtype())), dtype_name(types[i])));
  }
}

}  // namespace

std::vector<Output> functional_while(const LoopCondition& cond, const LoopBody& body, const TensorList& loop_vars,
                                     const WhileLoopOptions& options) {
  std::vector<Output> vars;
  for (const TensorLike& value : loop_vars) vars.push_back(convert(value, DType::kInvalid, ""));
  const name_scope scope(options.name, "while");
  const std::string cond_name = branch_function_name(scope, "cond"), body_name = branch_function_name(scope, "body");
  const bool has_maximum = !options.maximum_iterations.is_none();
  const Output maximum = has_maximum ? convert(options.maximum_iterations, DType::kInt32, "maximum_iterations")
                                     : constant(-1, {.name = "maximum_iterations"});
  if (maximum.shape().known_rank() && maximum.shape().rank() != 0) {
    throw ValueError("maximum_iterations must be a scalar, saw shape: " + python_shape(maximum.shape()));
  }
  const Output counter = constant(0, {.name = "loop_counter"});
  vars.insert(vars.begin(), {counter, maximum});

  std::vector<Shape> invariants{Shape{}, Shape{}};
  std::vector<BranchFunction::Argument> arguments{{counter.node()->name(), DType::kInt32, Shape{}},
                                                  {maximum.node()->name(), DType::kInt32, Shape{}}};
  for (size_t i = kFirstVariable; i < vars.size(); ++i) {
    invariants.push_back(options.shape_invariants ? (*options.shape_invariants)[i - kFirstVariable] : vars[i].shape());
    arguments.push_back({"", base_type(vars[i].dtype()), invariants.back()});
  }
  BranchFunction condition(arguments, {}, [&](const std::vector<Output>& given) {
    Output goes_on = convert(cond(without_first(given)), DType::kInvalid, "");
    if (goes_on.shape().rank() != 0) goes_on = squeeze(goes_on);
    if (has_maximum) {
      const Output within = given[0] < given[1];
      goes_on = logical_and(within, goes_on);
    }
    return std::vector<Output>{goes_on};
  });
  BranchFunction iteration(arguments, condition.captured(), [&](const std::vector<Output>& given) {
    const TensorList results = body(without_first(given));
    if (results.size() != loop_vars.size()) {
      throw ValueError(fmt::format("The two structures don't have the same nested structure.\n\nThe body of the loop gives "
                                   "{} values for {} loop variables.", results.size(), loop_vars.size()));
    }
    std::vector<Output> converted;
    for (const TensorLike& value : results) converted.push_back(convert(value, DType::kInvalid, ""));
    const Output next = given[0] + 1;
    converted.insert(converted.begin(), {next, given[1]});
    return converted;
  });
  iteration.give_captured();
  condition.take(iteration.captured(), /*named=*/true);
  vars.insert(vars.end(), iteration.captured().begin(), iteration.captured().end());
  check_body(iteration, vars, invariants);
  const std::vector<Shape> results = iteration.result_shapes();
  std::vector<Shape> shapes = invariants;
  shapes.insert(shapes.end(), results.begin() + invariants.size(), results.end());
  condition.define(cond_name);
  iteration.define(body_name);

  std::vector<GraphElement> waits_for = condition.control_captured();
  waits_for.insert(waits_for.end(), iteration.control_captured().begin(), iteration.control_captured().end());
  const control_dependencies after(waits_for);
  graph::Node* const node =
      make_op("While", scope.name(), {TensorList(vars.begin(), vars.end())},
              {{"T", iteration.result_types()},
               {"cond", graph::NameAttrList{cond_name, std::make_shared<graph::AttrMap>()}},
               {"body", graph::NameAttrList{body_name, std::make_shared<graph::AttrMap>()}},
               {"output_shapes", std::move(shapes)}, {"parallel_iterations", int64_t{options.parallel_iterations}},
               {"_num_original_outputs", static_cast<int64_t>(vars.size())}, {"_lower_using_switch_merge", true}});
  std::vector<Output> outputs;
  for (const Output& output : all_outputs(node)) outputs.push_back(identity(output));
  return {outputs.begin() + kFirstVariable, outputs.begin() + kFirstVariable + loop_vars.size()};
}

}  // namespace reflow::client
