#pragma once

// The hooks of tf.train that write files: checkpoints, summaries, traces.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "reflow/summary/file_writer.h"
#include "reflow/train/hook_timers.h"
#include "reflow/train/scaffold.h"
#include "reflow/train/session_run_hook.h"

namespace reflow::train {

// What a CheckpointSaverHook calls around its saving.
class CheckpointSaverListener {
 public:
  virtual ~CheckpointSaverListener() = default;
  virtual void begin() {}
  virtual void before_save(const Session& /*session*/, int64_t /*global_step_value*/) {}
  // True lets the loop stop.
  virtual bool after_save(const Session& /*session*/, int64_t /*global_step_value*/) { return false; }
  virtual void end(const Session& /*session*/, int64_t /*global_step_value*/) {}
};

struct CheckpointSaverHookOptions {
  std::optional<double> save_secs;
  std::optional<int64_t> save_steps;  // or so often
  std::shared_ptr<Saver> saver;       // default: that of the scaffold, or of the collection "savers"
  std::string checkpoint_basename = "model.ckpt";
  std::optional<Scaffold> scaffold;
  std::vector<std::shared_ptr<CheckpointSaverListener>> listeners;
};

// Saves a checkpoint at the beginning, every so many steps or seconds, and at the end.
class CheckpointSaverHook : public SessionRunHook {
 public:
  // ValueError: "You cannot provide both saver and scaffold.", and as SecondOrStepTimer.
  explicit CheckpointSaverHook(const std::string& checkpoint_dir, const CheckpointSaverHookOptions& options);

  void begin() override;  // RuntimeError: there is no global step
  void after_create_session(const Session& session, Coordinator& coord) override;
  std::optional<SessionRunArgs> before_run(SessionRunContext& run_context) override;
  void after_run(SessionRunContext& run_context, const SessionRunValues& run_values) override;
  void end(const Session& session) override;

 private:
  bool save(const Session& session, int64_t step);
  Saver& saver();

  std::string folder_, save_path_;
  CheckpointSaverHookOptions options_;
  SecondOrStepTimer timer_;
  std::shared_ptr<summary::FileWriter> writer_;
  Output global_step_;
};

struct StepCounterHookOptions {
  std::optional<int64_t> every_n_steps;  // default: 100, where every_n_secs isn't given
  std::optional<double> every_n_secs;
  std::string output_dir;
  std::shared_ptr<summary::FileWriter> summary_writer;  // default: that of output_dir
};

// Logs the steps per second, "global_step/sec: 123", and writes them as a summary.
class StepCounterHook : public SessionRunHook {
 public:
  // ValueError: "exactly one of every_n_steps and every_n_secs should be provided.".
  explicit StepCounterHook(const StepCounterHookOptions& options = {});

  void begin() override;
  std::optional<SessionRunArgs> before_run(SessionRunContext& run_context) override;
  void after_run(SessionRunContext& run_context, const SessionRunValues& run_values) override;

 private:
  StepCounterHookOptions options_;
  SecondOrStepTimer timer_;
  Output global_step_;
  std::string tag_;
  std::optional<int64_t> last_step_;
  int warnings_ = 0;
};

struct SummarySaverHookOptions {
  std::optional<int64_t> save_steps;
  std::optional<double> save_secs;
  std::string output_dir;
  std::shared_ptr<summary::FileWriter> summary_writer;  // default: that of output_dir
  std::optional<Scaffold> scaffold;                     // whose summary_op is run, or
  std::vector<Output> summary_op;                       // these
};

// Writes summaries every so many steps or seconds.
class SummarySaverHook : public SessionRunHook {
 public:
  // ValueError: "Exactly one of scaffold or summary_op must be provided.", and as SecondOrStepTimer.
  explicit SummarySaverHook(const SummarySaverHookOptions& options);

  void begin() override;
  std::optional<SessionRunArgs> before_run(SessionRunContext& run_context) override;
  void after_run(SessionRunContext& run_context, const SessionRunValues& run_values) override;
  void end(const Session& session) override;

 private:
  SummarySaverHookOptions options_;
  SecondOrStepTimer timer_;
  Output global_step_;
  std::optional<int64_t> next_step_;
  bool requested_ = false;
};

struct ProfilerHookOptions {
  std::optional<int64_t> save_steps;
  std::optional<double> save_secs;
  std::string output_dir;
  bool show_memory = false;
};

// Writes a trace of a run, OUTPUT_DIR/timeline-STEP.json for chrome://tracing, every so many steps or seconds.
class ProfilerHook : public SessionRunHook {
 public:
  explicit ProfilerHook(const ProfilerHookOptions& options);

  void begin() override;
  std::optional<SessionRunArgs> before_run(SessionRunContext& run_context) override;
  void after_run(SessionRunContext& run_context, const SessionRunValues& run_values) override;

 private:
  ProfilerHookOptions options_;
  SecondOrStepTimer timer_;
  std::shared_ptr<summary::FileWriter> writer_;
  Output global_step_;
  std::optional<int64_t> next_step_;
  bool requested_ = false;
};

}  // namespace reflow::train
