#pragma once

// tf.contrib.framework: what it has of other modules, and small functions of tensors and of names.

#include <optional>
#include <string>
#include <utility>
#include <vector>

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

// The placeholders of the default graph.
std::vector<Output> get_placeholders();
// The name scope of the default graph: "outer/inner".
std::string get_name_scope();
// "scope/name" and back, also of control inputs "^name" and "loc:@name".
std::string prepend_name_scope(const std::string& name, const std::string& import_scope);
std::string strip_name_scope(const std::string& name, const std::string& export_scope);

}  // namespace reflow::contrib::framework
