#include "reflow/train/sync_replicas_optimizer.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "reflow/client/array_ops.h"
#include "reflow/client/collections.h"
#include "reflow/client/control_flow_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/scopes.h"

namespace reflow::train {

SyncReplicasOptimizer::SyncReplicasOptimizer(std::shared_ptr<Optimizer> opt, int64_t replicas_to_aggregate,
                                             const SyncReplicasOptions& options)
    : Optimizer(options.use_locking, options.name),
      opt_(std::move(opt)),
      replicas_to_aggregate_(replicas_to_aggregate),
      options_(options) {
  if (!options_.total_num_replicas) options_.total_num_replicas = replicas_to_aggregate;
}

std::vector<GradientAndVariable> SyncReplicasOptimizer::compute_gradients(const Output& loss,
                                                                          const ComputeGradientsOptions& options) {
  return opt_->compute_gradients(loss, options);
}

std::optional<Variable> SyncReplicasOptimizer::get_slot(const Variable& var, const std::string& name) const {
  return opt_->get_slot(var, name);
}
std::vector<std::string> SyncReplicasOptimizer::get_slot_names() const { return opt_->get_slot_names(); }
std::vector<Variable> SyncReplicasOptimizer::variables() const { return opt_->variables(); }

void SyncReplicasOptimizer::make_local_step() {
  {
    const Operation here = no_op();  // on the worker, wherever variables go
    const colocate_with worker(here);
    local_step_ = Variable(0, {.trainable = false,
                               .collections = std::vector<std::string>{GraphKeys::LOCAL_VARIABLES},
                               .name = "sync_rep_local_step",
                               .dtype = base_type(global_step_.dtype())});
  }
  local_step_init_op_ = local_step_.assign_op(global_step_.value(), {.use_locking = true});
  ready_for_local_init_op_ = report_uninitialized_variables({.var_list = global_variables()});
}

Operation SyncReplicasOptimizer::apply_gradients(const std::vector<GradientAndVariable>& grads_and_vars,
                                                 const ApplyGradientsOptions& options) {
  if (grads_and_vars.empty()) throw ValueError("Must supply at least one variable");
  if (!options.global_step) throw ValueError("Global step is required to check staleness");
  global_step_ = *options.global_step;
  make_local_step();
  std::vector<GraphElement> applied, chief_init_ops = {local_step_init_op_};
  std::vector<std::pair<ConditionalAccumulatorBase, std::string>> accumulators;
  const name_scope scope("", name());
  std::vector<GradientAndVariable> averages;
  for (const auto& [gradient, variable] : grads_and_vars) {
    const device of_variable(variable.device());
    const std::string shared_name = variable.name() + "/grad_accum";
    if (!gradient.valid()) {
      averages.push_back({Gradient(), variable});
    } else if (gradient.is_slices()) {
      const SparseConditionalAccumulator accumulator(base_type(gradient.slices().values.dtype()),
                                                     {.shape = Shape{}, .shared_name = shared_name});
      applied.emplace_back(accumulator.apply_indexed_slices_grad(gradient.slices(), {.local_step = local_step_}));
      averages.push_back({accumulator.take_indexed_slices_grad(replicas_to_aggregate_), variable});
      accumulators.emplace_back(accumulator, variable.device());
    } else {
      const ConditionalAccumulator accumulator(base_type(gradient.values().dtype()),
                                               {.shape = variable.shape(), .shared_name = shared_name});
      applied.emplace_back(accumulator.apply_grad(gradient.values(), {.local_step = local_step_}));
      averages.push_back({accumulator.take_grad(replicas_to_aggregate_), variable});
      accumulators.emplace_back(accumulator, variable.device());
    }
  }
  Operation update;
  {
    const device of_step(global_step_.device());
    const name_scope outermost("");
    update = opt_->apply_gradients(averages, {.global_step = global_step_});
  }
  const Operation train_op = exchange_tokens(applied, update);
  for (const auto& [accumulator, device_name] : accumulators) {
    const device of_accumulator(device_name);
    chief_init_ops.emplace_back(accumulator.set_global_step(global_step_, {"SetGlobalStep"}));
  }
  chief_init_op_ = group(chief_init_ops);
  return train_op;
}

Operation SyncReplicasOptimizer::exchange_tokens(const std::vector<GraphElement>& applied, const Operation& update) {
  const device of_step(global_step_.device());
  const name_scope outermost("");
  const DType type = base_type(global_step_.dtype());
  sync_token_queue_ = FIFOQueue(-1, {type}, {.shapes = {Shape{}}, .shared_name = "sync_token_q", .name = "sync_token_q"});
  const FIFOQueue dummy_queue(1, {int32}, {.shapes = {Shape{}}, .shared_name = "dummy_queue", .name = "dummy_queue"});
  Output token;
  {
    const control_dependencies after(applied);
    token = sync_token_queue_->dequeue()[0];
  }
  const Operation train_op = local_step_.assign_op(token, {.use_locking = true});
  Operation sync_op;
  {
    const control_dependencies after({update});
    const int64_t tokens_per_step = std::max(*options_.total_num_replicas, replicas_to_aggregate_);
    const Output tokens = fill(TensorLike::List{tokens_per_step}, global_step_);
    sync_op = sync_token_queue_->enqueue_many({tokens});
  }
  if (options_.variable_averages) {
    const control_dependencies after({sync_op});
    const name_scope again("");
    sync_op = options_.variable_averages->apply(options_.variables_to_average);
  }
  chief_queue_runner_ = QueueRunner(dummy_queue, {sync_op});
  return train_op;
}

const QueueRunner& SyncReplicasOptimizer::get_chief_queue_runner() const {
  if (!gradients_applied()) throw ValueError("Should be called after apply_gradients().");
  return *chief_queue_runner_;
}

Operation SyncReplicasOptimizer::get_init_tokens_op(int64_t num_tokens) const {
  if (!gradients_applied()) throw ValueError("get_init_tokens_op() should be called after apply_gradients().");
  const int64_t needed = replicas_to_aggregate_ - *options_.total_num_replicas;
  if (num_tokens == -1) {
    num_tokens = replicas_to_aggregate_;
  } else if (num_tokens < needed) {
    throw ValueError(fmt::format("Too few tokens to finish the first step: {} (given) vs {} (needed)", num_tokens, needed));
  }
  if (num_tokens <= 0) return no_op("no_init_tokens");
  const device of_step(global_step_.device());
  const name_scope outermost("");
  const Output tokens = fill(TensorLike::List{num_tokens}, global_step_);
  return sync_token_queue_->enqueue_many({tokens});
}

namespace {

// Initializes the local step and, for the chief, accumulators, tokens and the runner.
class SyncReplicasHook : public SessionRunHook {
 public:
  SyncReplicasHook(const SyncReplicasOptimizer& optimizer, bool is_chief, int64_t num_tokens)
      : optimizer_(optimizer), is_chief_(is_chief), num_tokens_(num_tokens) {}

  void begin() override {
    if (!optimizer_.gradients_applied()) {
      throw ValueError("SyncReplicasOptimizer.apply_gradient should be called before using the hook.");
    }
    if (is_chief_) init_tokens_op_ = optimizer_.get_init_tokens_op(num_tokens_);
  }

  void after_create_session(const Session& session, Coordinator& coord) override {
    const Operation& local_init = is_chief_ ? optimizer_.chief_init_op() : optimizer_.local_step_init_op();
    const Tensor missing = session.run(optimizer_.ready_for_local_init_op());
    if (missing.num_elements() > 0) {
      throw RuntimeError(fmt::format("Init operations did not make model ready for SyncReplicasOptimizer local_init. Init op: "
                                     "{}, error: Variables not initialized: {}",
                                     local_init.name(), fmt::join(missing.flat<std::string>(), ", ")));
    }
    session.run(local_init);
    if (!is_chief_) return;
    session.run(init_tokens_op_);
    optimizer_.get_chief_queue_runner().start(session, coord);
  }

 private:
  const SyncReplicasOptimizer& optimizer_;
  bool is_chief_;
  int64_t num_tokens_;
  Operation init_tokens_op_;
};

}  // namespace

std::shared_ptr<SessionRunHook> SyncReplicasOptimizer::make_session_run_hook(bool is_chief, int64_t num_tokens) {
  return std::make_shared<SyncReplicasHook>(*this, is_chief, num_tokens);
}

}  // namespace reflow::train
