#include "reflow/client/custom_gradient.h"

#include <atomic>

#include <fmt/format.h>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/scopes.h"

namespace reflow {
namespace {

// Names that no gradient has been registered under.
std::string unused_gradient_name() {
  static std::atomic<int64_t> count{0};
  return fmt::format("CustomGradient-{}", count.fetch_add(1));
}

}  // namespace

std::vector<Output> custom_gradient(const CustomGradientFunction& f, const TensorList& args) {
  std::vector<Output> inputs;
  for (const TensorLike& arg : args) inputs.push_back(client::convert(arg, DType::kInvalid, ""));
  const CustomGradient made = f(inputs);
  for (const Output& result : made.results) identity(result);  // nobody reads it; TensorFlow makes it
  const size_t count = made.results.size();
  TensorList all(made.results);
  all.insert(all.end(), inputs.begin(), inputs.end());
  all.insert(all.end(), made.variables.begin(), made.variables.end());

  // The arguments go through the op too, so that gradients find their way to them.
  const std::string name = unused_gradient_name();
  RegisterGradient(name, [grad_fn = made.grad_fn, count](const Operation&, const std::vector<Output>& grads) {
    const std::vector<Gradient> dx = grad_fn({grads.begin(), grads.begin() + static_cast<std::ptrdiff_t>(count)});
    std::vector<Gradient> of_all(count);
    of_all.insert(of_all.end(), dx.begin(), dx.end());
    return of_all;
  });
  const gradient_override_map overridden({{"IdentityN", name}});
  std::vector<Output> outputs = identity_n(all);
  for (const Variable& variable : made.variables) client::convert(variable, DType::kInvalid, "");  // nobody reads it
  outputs.resize(count);
  return outputs;
}

std::vector<Output> recompute_grad(const std::function<std::vector<Output>(const std::vector<Output>& args)>& f,
                                   const TensorList& args) {
  return custom_gradient(
      [&f](const std::vector<Output>& inputs) -> CustomGradient {
        const auto again = [f, inputs](const std::vector<Output>& grads) {
          std::vector<GraphElement> available(grads.begin(), grads.end());
          std::vector<Output> copies;
          {
            const control_dependencies after(available);
            for (const Output& input : inputs) copies.push_back(identity(input));
          }
          const std::vector<Output> results = f(copies);
          return gradients(results, copies, {.grad_ys = {grads.begin(), grads.end()}});
        };
        return {f(inputs), again, {}};
      },
      args);
}

}  // namespace reflow
