#include "reflow/train/session_manager.h"

#include <fmt/format.h>

#include <chrono>
#include <thread>

#include "reflow/base/logging.h"
#include "reflow/client/errors.h"
#include "reflow/client/python_text.h"

namespace reflow::train {
namespace {

void sleep_secs(double seconds) { std::this_thread::sleep_for(std::chrono::duration<double>(seconds)); }

std::string name_of(const std::optional<Operation>& op) { return op ? op->name() : "None"; }

// What str() gives of an operation, as far as messages need it.
std::string text_of(const std::optional<Operation>& op) {
  return op ? fmt::format("name: \"{}\"\nop: \"{}\"\n", op->name(), op->type()) : "None";
}

// Why the model isn't ready, as far as `op` says; unset: it is.
std::optional<std::string> not_ready(const std::optional<Output>& op, const Session& session, const char* message) {
  if (!op) return std::nullopt;
  Tensor names;
  try {
    names = session.run(*op);
  } catch (const errors::FailedPreconditionError& error) {
    if (error.message().find("uninitialized") != std::string::npos) return error.message();
    log_warning("{} : error [{}]", message, error.message());
    throw;
  }
  // Older programs give an op of their own, whose value means nothing.
  if (!names.valid() || names.dtype() != DType::kString || names.num_elements() == 0) return std::nullopt;
  std::string text = "Variables not initialized: ";
  for (int64_t i = 0; i < names.num_elements(); ++i) {
    if (i) text += ", ";
    text += names.data<std::string>()[i];
  }
  return text;
}

}  // namespace

SessionManager::SessionManager(const SessionManagerOptions& options)
    : options_(options), graph_(options.graph ? *options.graph : get_default_graph()) {
  if (options.ready_for_local_init_op && !options.local_init_op) {
    throw ValueError(fmt::format("If you pass a ready_for_local_init_op you must also pass a local_init_op , "
                                 "ready_for_local_init_op [{}]",
                                 client::python_tensor(*options.ready_for_local_init_op)));
  }
}

Session SessionManager::session(const std::string& master, const SessionConfig& config) const {
  return Session(SessionOptions{.target = master, .graph = graph_, .config = config});
}

std::optional<CheckpointState> SessionManager::checkpoint_state(const std::string& folder, double max_wait_secs) const {
  for (double waited_secs = 0;; waited_secs += options_.recovery_wait_secs) {
    std::optional<CheckpointState> state = get_checkpoint_state(folder);
    if (state && !state->model_checkpoint_path.empty()) return state;
    if (waited_secs >= max_wait_secs) return std::nullopt;
    log_info("Waiting for checkpoint to be available.");
    sleep_secs(options_.recovery_wait_secs);
  }
}

SessionManager::Recovered SessionManager::restore_checkpoint(const std::string& master,
                                                             const RecoverSessionOptions& options) const {
  Session sess = session(master, options.config);
  const std::string& folder = options.checkpoint_dir;
  const std::string& file = options.checkpoint_filename_with_path;
  if (!folder.empty() && !file.empty()) {
    throw ValueError("Can not provide both checkpoint_dir and checkpoint_filename_with_path.");
  }
  if (!options.saver || (folder.empty() && file.empty())) return {sess, false};
  if (!file.empty()) {
    options.saver->restore(sess, file);
    return {sess, true};
  }
  const auto state = checkpoint_state(folder, options.wait_for_checkpoint ? options.max_wait_secs : 0);
  if (!state) return {sess, false};
  options.saver->restore(sess, state->model_checkpoint_path);
  options.saver->recover_last_checkpoints(state->all_model_checkpoint_paths);
  return {sess, true};
}

std::optional<std::string> SessionManager::try_local_init(const Session& session) const {
  if (!options_.local_init_op) return std::nullopt;
  if (auto reason = not_ready(options_.ready_for_local_init_op, session, "Model not ready for local init")) return reason;
  log_info("Running local_init_op.");
  session.run({*options_.local_init_op}, {}, options_.local_init_run_options);
  log_info("Done running local_init_op.");
  return std::nullopt;
}

Session SessionManager::prepare_session(const std::string& master, const PrepareSessionOptions& options) const {
  const auto [session, is_loaded] = restore_checkpoint(
      master, {options.saver, options.checkpoint_dir, options.checkpoint_filename_with_path, options.wait_for_checkpoint,
               options.max_wait_secs, options.config});
  if (!is_loaded) {
    if (!options.init_op && !options.init_fn && !options_.local_init_op) {
      throw RuntimeError("Model is not initialized and no init_op or init_fn or local_init_op was given");
    }
    if (options.init_op) session.run(*options.init_op, options.init_feed_dict);
    if (options.init_fn) options.init_fn(session);
  }
  const char* init_fn = options.init_fn ? "<function>" : "None";
  if (const auto reason = try_local_init(session)) {
    throw RuntimeError(fmt::format("Init operations did not make model ready for local_init.  Init op: {}, init fn: {}, "
                                   "error: {}",
                                   name_of(options.init_op), init_fn, *reason));
  }
  if (const auto reason = not_ready(options_.ready_op, session, "Model not ready")) {
    throw RuntimeError(fmt::format("Init operations did not make model ready.  Init op: {}, init fn: {}, local_init_op: {},"
                                   " error: {}",
                                   name_of(options.init_op), init_fn, text_of(options_.local_init_op), *reason));
  }
  return session;
}

SessionManager::Recovered SessionManager::recover_session(const std::string& master,
                                                          const RecoverSessionOptions& options) const {
  const auto [session, is_loaded] = restore_checkpoint(master, options);
  const auto local_init_reason = try_local_init(session);
  if (!is_loaded) return {session, false};
  const std::string& source =
      options.checkpoint_dir.empty() ? options.checkpoint_filename_with_path : options.checkpoint_dir;
  if (local_init_reason) {
    log_info("Restoring model from {} did not make model ready for local init: {}", source, *local_init_reason);
    return {session, false};
  }
  if (const auto reason = not_ready(options_.ready_op, session, "Model not ready")) {
    log_info("Restoring model from {} did not make model ready: {}", source, *reason);
    return {session, false};
  }
  log_info("Restored model from {}", source);
  return {session, true};
}

Session SessionManager::wait_for_session(const std::string& master, const WaitForSessionOptions& options) const {
  const auto begin = std::chrono::steady_clock::now();
  while (true) {
    const Session sess = session(master, options.config);
    const auto local_init_reason = try_local_init(sess);
    std::optional<std::string> reason;
    if (!local_init_reason) {
      reason = not_ready(options_.ready_op, sess, "Model not ready");
      if (!reason) return sess;
    }
    sess.close();
    const double waited = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    if (options.max_wait_secs && *options.max_wait_secs - waited < options_.recovery_wait_secs) {
      throw errors::DeadlineExceededError(
          fmt::format("Session was not ready after waiting {:.0f} secs.", *options.max_wait_secs));
    }
    log_info("Waiting for model to be ready.  Ready_for_local_init_op:  {}, ready: {}", local_init_reason.value_or("None"),
             reason.value_or("None"));
    sleep_secs(options_.recovery_wait_secs);
  }
}

}  // namespace reflow::train
