#pragma once

// tf.contrib.framework: what it has of other modules, and small functions of tensors and of names.

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "reflow/client/graph.h"
#include "reflow/client/tensor_like.h"
#include "reflow/client/variable.h"
#include "reflow/client/weights_broadcast.h"
#include "reflow/layers/smart_cond.h"

namespace reflow::contrib::framework {

using reflow::layers::smart_cond;
using reflow::layers::smart_constant_value;
using reflow::remove_squeezable_dimensions;

// The given step after a check, or that of the default graph, where there is one.
std::optional<Variable> assert_or_get_global_step(const std::optional<Variable>& global_step_tensor = std::nullopt);
// `tensor`, a scalar of integers. ValueError: it is none.
Output assert_scalar_int(const TensorLike& tensor, const NameOptions& options = {});
// The sum of all elements of all tensors. ValueError: "No tensors provided.".
Output reduce_sum_n(const std::vector<Output>& tensors, const NameOptions& options = {});

// `tensor`, said and, where it isn't known, checked in the run to have this shape: a list of numbers, or an int32 vector.
// ValueError: "Invalid shape for tensor x:0, expected [2], got (3,).".
Output with_shape(const TensorLike& expected_shape, const Output& tensor);
// The same with the shape of another tensor.
Output with_same_shape(const Output& expected_tensor, const Output& tensor);

// tf.case, where conditions that are known choose while the graph is built.
struct SmartCaseOptions {
  bool exclusive = false;
  std::string name = "smart_case";
};
Output smart_case(const std::vector<std::pair<TensorLike, std::function<Output()>>>& pred_fn_pairs,
                  const std::function<Output()>& otherwise = {}, const SmartCaseOptions& options = {});

// The graph that all inputs are of, or `graph`; the default graph, where there are no inputs.
// ValueError: "x must be from the same graph as y.", or "... is not from the passed-in graph.".
Graph get_graph_from_inputs(const std::vector<GraphElement>& op_input_list, const std::optional<Graph>& graph = std::nullopt);

// Gives a variable that has no value zeros. FailedPreconditionError in the run: it has one.
Operation zero_initializer(const Variable& ref, const std::string& name = "zero_initializer");

// The placeholders of the default graph.
std::vector<Output> get_placeholders();
// The name scope of the default graph: "outer/inner".
std::string get_name_scope();
// "scope/name" and back, also of control inputs "^name" and "loc:@name".
std::string prepend_name_scope(const std::string& name, const std::string& import_scope);
std::string strip_name_scope(const std::string& name, const std::string& export_scope);

}  // namespace reflow::contrib::framework
