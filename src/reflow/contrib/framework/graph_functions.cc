#include "reflow/contrib/framework/graph_functions.h"

#include "reflow/client/check_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/graph.h"
#include "reflow/client/math_ops.h"
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
