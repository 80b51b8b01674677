#include "reflow/contrib/framework/graph_functions.h"

#include <fmt/format.h>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/check_ops.h"
#include "reflow/client/control_flow_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/graph.h"
#include "reflow/client/math_ops.h"
#include "reflow/client/numpy_text.h"
#include "reflow/client/python_text.h"
#include "reflow/client/reduction_ops.h"
#include "reflow/client/scopes.h"
#include "reflow/train/global_step.h"

namespace reflow::contrib::framework {

std::optional<Variable> assert_or_get_global_step(const std::optional<Variable>& global_step_tensor) {
  if (!global_step_tensor) return train::get_global_step();
  train::assert_global_step(*global_step_tensor);
  return global_step_tensor;
}

Output assert_scalar_int(const TensorLike& tensor_like, const NameOptions& options) {
  const name_scope scope(options.name, "assert_scalar_int");
  const Output tensor = convert_to_tensor(tensor_like);
  if (!is_integer(tensor.dtype())) {
    throw ValueError("Expected integer type for " + tensor.name() + ", received type: " +
                     client::python_dtype(tensor.dtype()) + ".");
  }
  return assert_scalar(tensor, {scope.name()});
}

Output reduce_sum_n(const std::vector<Output>& tensors, const NameOptions& options) {
  if (tensors.empty()) throw ValueError("No tensors provided.");
  const name_scope scope(options.name, "reduce_sum_n");
  TensorList sums;
  for (const Output& tensor : tensors) sums.push_back(reduce_sum(tensor, {.name = tensor.op().name() + "/sum"}));
  return sums.size() == 1 ? *sums[0].output() : add_n(sums, {scope.name()});
}

namespace {

// Does `tensor` have the shape? In the run, with TensorFlow's ops.
Output has_shape(const Output& expected, const Output& tensor, const Output& actual) {
  const name_scope scope("is_shape");
  Output is_rank;
  {
    const Output expected_size = size(expected);
    const name_scope rank_scope("is_rank");
    is_rank = equal(expected_size, rank(tensor, {"actual"}), {rank_scope.name()});
  }
  const name_scope equal_scope("all_equal");
  const Output all_equal = reduce_all(equal(expected, actual, {"equal"}), {.name = equal_scope.name()});
  return logical_and(is_rank, all_equal, {scope.name()});
}

Operation assert_shape(const Output& expected, const Output& tensor) {
  const name_scope scope("assert_shape");
  const Output actual = shape(tensor, {.name = "actual"});
  const Output is_shape = has_shape(expected, tensor, actual);
  return Assert(is_shape, {"Wrong shape for " + tensor.name() + " [expected] [actual].", expected, actual},
                {.name = scope.name()});
}

}  // namespace

Output with_shape(const TensorLike& expected_shape, const Output& tensor) {
  const bool is_known = !client::is_symbolic(expected_shape);
  const Output expected = is_known ? Output() : convert_to_tensor(expected_shape);
  Shape known;
  if (is_known) {
    const Tensor sizes = client::to_tensor(client::shape_argument(expected_shape), DType::kInt64);
    if (sizes.shape().rank() > 1) {
      throw ValueError(fmt::format("Invalid rank {} for shape {} expected of tensor {}.", sizes.shape().rank(),
                                   client::numpy_str(sizes), tensor.name()));
    }
    known = Shape(std::span(sizes.data<int64_t>(), static_cast<size_t>(sizes.num_elements())));
  } else if (base_type(expected.dtype()) != DType::kInt32) {
    throw ValueError(fmt::format("Invalid dtype {} for shape {} expected of tensor {}.", client::python_dtype(expected.dtype()),
                                 client::python_tensor(expected), tensor.name()));
  }
  if (!is_known || !tensor.shape().fully_defined()) {
    const name_scope scope(tensor.op().name() + "/");
    if (is_known && known.rank() == 0) return reshape(tensor, Shape{});
    const Output sizes =
        is_known ? constant(std::vector<int32_t>(known.begin(), known.end()), {.dtype = DType::kInt32}) : expected;
    const control_dependencies checked({assert_shape(sizes, tensor)});
    const Output result = identity(tensor);
    if (is_known) result.set_shape(known);
    return result;
  }
  if (tensor.shape().compatible_with(known)) return tensor;
  if (known.rank() == 0 && tensor.shape() == Shape{1}) {
    const name_scope scope(tensor.op().name() + "/");
    return reshape(tensor, Shape{});
  }
  throw ValueError(fmt::format("Invalid shape for tensor {}, expected {}, got {}.", tensor.name(), client::python_list(known),
                               client::python_shape(tensor.shape())));
}

Output with_same_shape(const Output& expected_tensor, const Output& tensor) {
  const name_scope scope(tensor.op().name() + "/");
  const Shape& expected = expected_tensor.shape();
  if (expected.fully_defined()) return with_shape(std::vector<int64_t>(expected.begin(), expected.end()), tensor);
  return with_shape(shape(expected_tensor, {.name = "expected_shape"}), tensor);
}

Output smart_case(const std::vector<std::pair<TensorLike, std::function<Output()>>>& pred_fn_pairs,
                  const std::function<Output()>& otherwise, const SmartCaseOptions& options) {
  std::vector<std::pair<Output, CaseFn>> open;
  std::function<Output()> last = otherwise;
  for (const auto& [pred, fn] : pred_fn_pairs) {
    const std::optional<bool> known = smart_constant_value(pred);
    if (known == false) continue;
    if (known == true) {
      last = fn;
      break;
    }
    open.emplace_back(convert_to_tensor(pred), fn);
  }
  if (!open.empty()) return case_(open, last, {.exclusive = options.exclusive, .name = options.name});
  if (!last) throw ValueError("None of the conditions evaluated as True.");
  return last();
}

Graph get_graph_from_inputs(const std::vector<GraphElement>& op_input_list, const std::optional<Graph>& graph) {
  std::optional<Graph> found = graph;
  for (const GraphElement& element : op_input_list) {
    const Graph mine = Operation(element.node()).graph();
    if (!found) found = mine;
    if (mine == *found) continue;
    const std::string name = element.is_operation() ? element.operation().name() : element.output().name();
    if (graph) throw ValueError(name + " is not from the passed-in graph.");
    throw ValueError(fmt::format("{} must be from the same graph as {}.", name, Operation(op_input_list[0].node()).name()));
  }
  return found ? *found : get_default_graph();
}

Operation zero_initializer(const Variable& ref, const std::string& name) {
  const name_scope scope(name);
  const Output filled = ref.is_initialized();
  const control_dependencies checked({Assert(logical_not(filled), {"input is already initialized"})});
  const Output zero = zeros(ref.shape(), {.dtype = base_type(ref.dtype())});
  return ref.is_resource() ? ref.assign_op(zero) : ref.assign(zero).op();
}

std::vector<Output> get_placeholders() {
  std::vector<Output> placeholders;
  for (const Operation& op : get_default_graph().get_operations()) {
    if (op.type() == "Placeholder") placeholders.push_back(op.output(0));
  }
  return placeholders;
}

std::string get_name_scope() { return get_default_graph().get_name_scope(); }

namespace {

// How long the mark of a control input or of a colocation is.
size_t mark_size(const std::string& name) { return name.starts_with('^') ? 1 : name.starts_with("loc:@") ? 5 : 0; }

std::string without_slash(const std::string& scope) {
  return scope.ends_with('/') ? scope.substr(0, scope.size() - 1) : scope;
}

}  // namespace

std::string prepend_name_scope(const std::string& name, const std::string& import_scope) {
  if (import_scope.empty()) return name;
  const size_t mark = mark_size(name);
  return name.substr(0, mark) + without_slash(import_scope) + "/" + name.substr(mark);
}

std::string strip_name_scope(const std::string& name, const std::string& export_scope) {
  if (export_scope.empty()) return name;
  const size_t mark = mark_size(name);
  const std::string prefix = without_slash(export_scope) + "/";
  if (name.compare(mark, prefix.size(), prefix) != 0) return name;
  const size_t rest = name.find_first_not_of('/', mark + prefix.size());
  return name.substr(0, mark) + (rest == std::string::npos ? "" : name.substr(rest));
}

}  // namespace reflow::contrib::framework
