#include "reflow/client/dataset_seed.h"

#include <limits>

#include "reflow/client/apply_op.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/graph.h"
#include "reflow/client/graph_state.h"
#include "reflow/client/scopes.h"
#include "reflow/client/selection_ops.h"

namespace reflow::client {

std::pair<Output, Output> dataset_seed(std::optional<int64_t> op_seed) {
  const bool seeded = op_seed || default_graph().has_seed;
  const Seeds seeds = seeded ? get_seed(op_seed) : Seeds();
  const Output seed = convert(seeds.seed, DType::kInt64, "seed");
  if (!seeded) return {seed, convert(0, DType::kInt64, "seed2")};
  // Seeds that are given as 0 and 0 are seeds all the same.
  const name_scope scope("seed2");
  const Output seed2 = convert(seeds.seed2, DType::kInt64, "");
  const Output none = logical_and(equal(seed, 0), equal(seed2, 0));
  const Output otherwise = convert(std::numeric_limits<int32_t>::max(), DType::kInt64, "");
  return {seed, where(none, otherwise, seed2, {.name = scope.name()})};
}

}  // namespace reflow::client
