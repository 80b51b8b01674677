#include "reflow/layers/layer.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "reflow/client/array_ops.h"
#include "reflow/client/collections.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/indexing.h"
#include "reflow/client/operators.h"
#include "reflow/client/scopes.h"

namespace reflow::layers {

Layer::Layer(std::string base_name, LayerOptions options)
    : base_name_(std::move(base_name)), options_(std::move(options)), dtype_(options_.dtype) {}

const std::string& Layer::scope_name() const {
  if (scope_) return scope_->name();
  throw ValueError("No name available for layer scope because the layer \"" + base_name_ +
                   "\" has not been used yet. The scope name  is determined the first time the layer instance is called. "
                   "You must therefore call the layer before querying `scope_name`.");
}

void Layer::check_rank(const Shape& shape, int rank, bool or_more) const {
  if (shape.known_rank() && (or_more ? shape.rank() >= rank : shape.rank() == rank)) return;
  const std::string& name = options_.name.empty() ? base_name_ : options_.name;
  std::string what = "its rank is undefined, but the layer requires a defined rank.";
  if (shape.known_rank()) {
    what = fmt::format("expected {}ndim={}, found ndim={}. Full shape received: {}", or_more ? "min_" : "", rank,
                       shape.rank(), shape.str());
  }
  throw ValueError(fmt::format("Input 0 of layer {} is incompatible with the layer: {}", name, what));
}

void Layer::run(const Output& input, const std::function<void()>& compute) {
  if (!scope_) {
    if (options_.scope) {
      const variable_scope captured(*options_.scope);
      scope_ = captured.scope();
    } else if (!options_.name.empty()) {
      const variable_scope captured(options_.name);
      scope_ = captured.scope();
    } else if (options_.reuse && !options_.reuse->is_false()) {
      const variable_scope captured(base_name_);
      scope_ = captured.scope();
    } else {
      const variable_scope captured(nullptr, {.default_name = base_name_});
      scope_ = captured.scope();
    }
  }
  const std::optional<Reuse> reuse = built_ ? std::optional<Reuse>(true) : options_.reuse;
  const variable_scope scope(*scope_, {.reuse = reuse, .auxiliary_name_scope = false});
  const name_scope names(scope.original_name_scope());
  if (!built_) {
    if (dtype_ == DType::kInvalid) dtype_ = base_type(input.dtype());
    build(input.shape());
    built_ = true;
  }
  compute();
}

Variable Layer::add_weight(const std::string& name, const Shape& shape, const WeightOptions& options) {
  const std::vector<Variable> existing = global_variables();
  const std::optional<Reuse> reuse = built_ ? std::optional<Reuse>(true) : options_.reuse;
  const variable_scope scope(*scope_, {.reuse = reuse, .auxiliary_name_scope = false});
  const name_scope names(scope.original_name_scope());
  const bool trainable = options.trainable && options_.trainable;
  GetVariableOptions request{.dtype = options.dtype == DType::kInvalid ? dtype_ : options.dtype,
                             .initializer = options.initializer,
                             .trainable = trainable,
                             .constraint = options.constraint};
  const Variable variable = get_variable(name, shape, request);
  const bool is_new = std::none_of(existing.begin(), existing.end(),
                                   [&](const Variable& other) { return other.name() == variable.name(); });
  if (options.regularizer && is_new) {
    const name_scope penalty_scope(name + "/Regularizer");
    const Output penalty = options.regularizer(variable);
    if (penalty.valid()) add_loss(penalty);
  }
  (trainable ? trainable_ : non_trainable_).push_back(variable);
  return variable;
}

void Layer::add_loss(const Output& loss) {
  losses_.push_back(loss);
  add_to_collection(GraphKeys::REGULARIZATION_LOSSES, loss);
}

void Layer::add_update(const Operation& update) {
  updates_.push_back(update);
  add_to_collection(GraphKeys::UPDATE_OPS, update);
}

void Layer::regularize_activity(const Regularizer& regularizer, const Output& outputs) {
  if (!regularizer) return;
  const name_scope scope("ActivityRegularizer");
  const Output penalty = regularizer(outputs);
  const Output batch = cast(shape(outputs)[0], base_type(penalty.dtype()));
  add_loss(penalty / batch);
}

}  // namespace reflow::layers
