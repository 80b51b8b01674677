#include "reflow/client/numerics.h"

#include <optional>

#include "reflow/client/check_ops.h"
#include "reflow/client/control_flow_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/graph.h"
#include "reflow/client/scopes.h"
#include "reflow/graph/node.h"

namespace reflow {

Operation add_check_numerics_ops() {
  std::vector<GraphElement> checks;
  for (const Operation& op : get_default_graph().get_operations()) {
    for (const Output& output : op.outputs()) {
      const DType type = output.dtype();
      if (type != float16 && type != float32 && type != float64) continue;
      if (op.node()->context()) {
        throw ValueError(
            "`tf.add_check_numerics_ops() is not compatible with TensorFlow control flow operations such as `tf.cond()` "
            "or `tf.while_loop()`.");
      }
      const control_dependencies after(checks);
      checks = {check_numerics(output, op.name() + ":" + std::to_string(output.value_index()))};
    }
  }
  return group(checks);
}

}  // namespace reflow
