#pragma once

// SyncReplicasOptimizer: several replicas whose gradients are applied together.

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "reflow/client/conditional_accumulators.h"
#include "reflow/client/queue.h"
#include "reflow/train/moving_averages.h"
#include "reflow/train/optimizer.h"
#include "reflow/train/queue_runner.h"
#include "reflow/train/session_run_hook.h"

namespace reflow::train {

struct SyncReplicasOptions {
  std::optional<int64_t> total_num_replicas;                     // default: replicas_to_aggregate
  std::shared_ptr<ExponentialMovingAverage> variable_averages;  // of variables_to_average, updated with each step
  std::optional<std::vector<Variable>> variables_to_average;
  bool use_locking = false;
  std::string name = "sync_replicas";
};

// Averages the gradients of `replicas_to_aggregate` replicas, and has another optimizer apply them. A replica gives its
// gradients to accumulators, which drop those of steps that are over, and waits for a token to go on. The queue runner of
// the chief applies the averages, and hands out tokens that say which step comes now.
class SyncReplicasOptimizer : public Optimizer {
 public:
  SyncReplicasOptimizer(std::shared_ptr<Optimizer> opt, int64_t replicas_to_aggregate, const SyncReplicasOptions& options = {});

  std::vector<GradientAndVariable> compute_gradients(const Output& loss, const ComputeGradientsOptions& options = {}) override;
  // The operation that gives this replica's gradients and waits for the next step. ValueError: "Global step is required to
  // check staleness", "Must supply at least one variable".
  Operation apply_gradients(const std::vector<GradientAndVariable>& grads_and_vars,
                            const ApplyGradientsOptions& options = {}) override;
  // Of the other optimizer.
  std::optional<Variable> get_slot(const Variable& var, const std::string& name) const override;
  std::vector<std::string> get_slot_names() const override;
  std::vector<Variable> variables() const override;

  // After apply_gradients, else ValueError. The runner that applies gradients, which the chief starts; the operation that
  // puts in the first tokens, which it runs once.
  const QueueRunner& get_chief_queue_runner() const;
  Operation get_init_tokens_op(int64_t num_tokens = -1) const;
  // Operations that initialize the accumulators and the local step, of a worker that isn't the chief the local step alone;
  // and the names of variables that have to be initialized before.
  const Operation& chief_init_op() const { return chief_init_op_; }
  const Operation& local_step_init_op() const { return local_step_init_op_; }
  const Output& ready_for_local_init_op() const { return ready_for_local_init_op_; }

  // Does these things when a session has been made. The optimizer has to live as long.
  std::shared_ptr<SessionRunHook> make_session_run_hook(bool is_chief, int64_t num_tokens = -1);
  bool gradients_applied() const { return chief_queue_runner_.has_value(); }

 private:
  void make_local_step();
  Operation exchange_tokens(const std::vector<GraphElement>& applied, const Operation& update);

  std::shared_ptr<Optimizer> opt_;
  int64_t replicas_to_aggregate_;
  SyncReplicasOptions options_;
  Variable global_step_, local_step_;
  std::optional<Queue> sync_token_queue_;
  std::optional<QueueRunner> chief_queue_runner_;
  Operation chief_init_op_, local_step_init_op_;
  Output ready_for_local_init_op_;
};

}  // namespace reflow::train
