#include "reflow/client/hessians.h"

#include "reflow/client/array_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/indexing.h"
#include "reflow/client/operators.h"
#include "reflow/client/scopes.h"
#include "reflow/client/tensor_array.h"
#include "reflow/client/while_loop.h"

namespace reflow {
namespace {

// The array behind a loop that gives `flow`. Arrays take a name where they are made: this one takes the loop's.
TensorArray filled(const TensorArray& array, const Output& flow) {
  const name_scope loop(flow.op().name() + "/");
  return array.with_flow(flow);
}

}  // namespace

std::vector<Output> hessians(const GradientTargets& ys, const GradientSources& xs, const HessiansOptions& options) {
  const std::vector<Gradient> first = gradients(ys, xs,
                                                {.colocate_gradients_with_ops = options.colocate_gradients_with_ops,
                                                 .gate_gradients = options.gate_gradients,
                                                 .aggregation_method = options.aggregation_method});
  std::vector<Output> result;
  for (size_t i = 0; i < first.size(); ++i) {
    const Output x = xs.list()[i].output();
    if (!first[i].valid()) throw ValueError("No gradient of the targets with respect to " + x.name());
    const Output flat = reshape(first[i], std::vector<int>{-1});
    const Output n = size(x);
    const Output start = constant(0, int32);
    const TensorArray rows(base_type(x.dtype()), n);
    const std::vector<Output> last = while_loop(
        [&](const std::vector<Output>& v) { return v[0] < n; },
        [&](const std::vector<Output>& v) -> TensorList {
          const Output next = v[0] + 1;
          const std::vector<Gradient> second = gradients(flat[v[0]], x);
          if (!second[0].valid()) throw ValueError("The gradient with respect to " + x.name() + " is constant");
          return {next, rows.with_flow(v[1]).write(v[0], second[0]).flow()};
        },
        {start, rows.flow()});
    const Output dims = shape(x);
    const Output stacked = filled(rows, last[1]).stack();
    result.push_back(reshape(stacked, concat({dims, dims}, 0)));
  }
  return result;
}

}  // namespace reflow
