#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/custom_gradient.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/nn_ops.h"
#include "reflow/client/operators.h"
#include "reflow/client/scopes.h"

namespace reflow::nn {

Output swish(const TensorLike& features) {
  const Output x = client::convert(features, DType::kInvalid, "features");
  const auto f = [](const std::vector<Output>& args) -> CustomGradient {
    const Output input = args.front();
    const auto grad = [input](const std::vector<Output>& dy) -> std::vector<Gradient> {
      Output gate;
      {
        const control_dependencies after({dy.front()});
        gate = reflow::sigmoid(input);
      }
      const Output closed = 1.0 - gate;
      const Output slope = gate * (1.0 + input * closed);
      return {dy.front() * slope};
    };
    return {{input * reflow::sigmoid(input)}, grad, {}};
  };
  return custom_gradient(f, {x}).front();
}

}  // namespace reflow::nn
