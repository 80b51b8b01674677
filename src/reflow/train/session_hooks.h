#pragma once

// The hooks of tf.train that look at values and decide when to stop. Those that write files are in saving_hooks.h.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "reflow/client/errors.h"
#include "reflow/train/hook_timers.h"
#include "reflow/train/session_run_hook.h"

namespace reflow::train {

// What LoggingTensorHook logs: tensors by their tags, in the order of the line.
using TaggedTensors = std::vector<std::pair<std::string, GraphElement>>;

struct LoggingTensorHookOptions {
  std::optional<int64_t> every_n_iter;
  std::optional<double> every_n_secs;
  bool at_end = false;
  std::function<std::string(const std::vector<Tensor>& values)> formatter;  // makes the line
};

// Logs values: "loss = 0.5, step = 100 (1.234 sec)".
class LoggingTensorHook : public SessionRunHook {
 public:
  // ValueError: "either at_end and/or exactly one of every_n_iter and every_n_secs must be provided.", and for
  // every_n_iter that isn't positive.
  explicit LoggingTensorHook(TaggedTensors tensors, LoggingTensorHookOptions options);
  // Tensors by their names "loss:0" or "loss", which begin() looks up. ValueError there: there is none, or several.
  explicit LoggingTensorHook(std::vector<std::string> names, LoggingTensorHookOptions options);

  void begin() override;
  std::optional<SessionRunArgs> before_run(SessionRunContext& run_context) override;
  void after_run(SessionRunContext& run_context, const SessionRunValues& run_values) override;
  void end(const Session& session) override;

 private:
  void check() const;
  std::vector<GraphElement> fetches() const;
  void log_tensors(const std::vector<Tensor>& values);

  std::vector<std::string> names_;
  TaggedTensors tensors_;
  LoggingTensorHookOptions options_;
  std::optional<SecondOrStepTimer> timer_;  // unset: at the end alone
  int64_t iterations_ = 0;
  bool triggered_ = false;
};

struct StopAtStepHookOptions {
  std::optional<int64_t> num_steps;  // stops after so many
  std::optional<int64_t> last_step;  // or at this one
};
class StopAtStepHook : public SessionRunHook {
 public:
  // ValueError: not exactly one of both is given.
  explicit StopAtStepHook(const StopAtStepHookOptions& options);

  void begin() override;  // RuntimeError: there is no global step
  void after_create_session(const Session& session, Coordinator& coord) override;
  std::optional<SessionRunArgs> before_run(SessionRunContext& run_context) override;
  void after_run(SessionRunContext& run_context, const SessionRunValues& run_values) override;

 private:
  StopAtStepHookOptions options_;
  Output global_step_;
};

// "NaN loss during training."
class NanLossDuringTrainingError : public RuntimeError {
 public:
  NanLossDuringTrainingError() : RuntimeError("NaN loss during training.") {}
};
struct NanTensorHookOptions {
  bool fail_on_nan_loss = true;  // false: asks to stop
};
// Throws NanLossDuringTrainingError, or asks to stop, when the loss is not a number.
class NanTensorHook : public SessionRunHook {
 public:
  explicit NanTensorHook(const Output& loss_tensor, const NanTensorHookOptions& options = {})
      : loss_(loss_tensor), options_(options) {}

  std::optional<SessionRunArgs> before_run(SessionRunContext& run_context) override;
  void after_run(SessionRunContext& run_context, const SessionRunValues& run_values) override;

 private:
  Output loss_;
  NanTensorHookOptions options_;
};

// Delays the first run until the global step has come to `wait_until_step`.
class GlobalStepWaiterHook : public SessionRunHook {
 public:
  explicit GlobalStepWaiterHook(int64_t wait_until_step) : wait_until_step_(wait_until_step) {}

  void begin() override;
  std::optional<SessionRunArgs> before_run(SessionRunContext& run_context) override;

 private:
  int64_t wait_until_step_;
  bool started_ = false;
  Output global_step_;
};

// Runs `final_ops` at the end.
class FinalOpsHook : public SessionRunHook {
 public:
  explicit FinalOpsHook(std::vector<GraphElement> final_ops, FeedDict final_ops_feed_dict = {})
      : final_ops_(std::move(final_ops)), feed_dict_(std::move(final_ops_feed_dict)) {}
  // What they gave; empty before.
  const std::vector<Tensor>& final_ops_values() const { return values_; }

  void end(const Session& session) override;

 private:
  std::vector<GraphElement> final_ops_;
  FeedDict feed_dict_;
  std::vector<Tensor> values_;
};

// Feeds what `feed_fn` returns in each run.
class FeedFnHook : public SessionRunHook {
 public:
  explicit FeedFnHook(std::function<FeedDict()> feed_fn) : feed_fn_(std::move(feed_fn)) {}

  std::optional<SessionRunArgs> before_run(SessionRunContext& run_context) override;

 private:
  std::function<FeedDict()> feed_fn_;
};

}  // namespace reflow::train
