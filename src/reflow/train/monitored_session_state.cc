#include "reflow/train/monitored_session_state.h"

#include <fmt/format.h>

#include <algorithm>

#include "reflow/base/logging.h"
#include "reflow/client/collections.h"
#include "reflow/client/errors.h"
#include "reflow/graph/graph.h"
#include "reflow/train/queue_runner.h"

namespace reflow::train {
namespace {

// Tells that a worker was lost, and that another session may go on?
bool is_preemption(const errors::OpError& error) {
  return error.error_code() == errors::ABORTED || error.error_code() == errors::UNAVAILABLE;
}

// Makes `options` the stronger of both.
void merge_run_options(const RunOptions& incoming, RunOptions* options) {
  options->trace_level = std::max(options->trace_level, incoming.trace_level);
  options->timeout_in_ms = std::max(options->timeout_in_ms, incoming.timeout_in_ms);
  options->inter_op_thread_pool = std::max(options->inter_op_thread_pool, incoming.inter_op_thread_pool);
  options->output_partition_graphs |= incoming.output_partition_graphs;
  options->report_tensor_allocations_upon_oom |= incoming.report_tensor_allocations_upon_oom;
  if (!options->cancellation) options->cancellation = incoming.cancellation;
}

void add_feeds(const FeedDict& more, const char* conflict, std::vector<Feed>* feeds) {
  const size_t before = feeds->size();
  for (const Feed& feed : more.feeds()) {
    for (size_t i = 0; i < before; ++i) {
      if (!((*feeds)[i].key() == feed.key())) continue;
      const std::string name = feed.key().is_operation() ? feed.key().operation().name() : feed.key().output().name();
      throw RuntimeError(fmt::format("{} Conflict(s): [{}]", conflict, name));
    }
    feeds->push_back(feed);
  }
}

constexpr const char* kReplaced = "The current session will be closed and a new session will be created.";

}  // namespace

MonitoredSessionState::MonitoredSessionState(std::shared_ptr<SessionCreator> creator, Hooks hooks, bool recovers,
                                             double stop_grace_period_secs)
    : creator_(creator ? std::move(creator) : std::make_shared<ChiefSessionCreator>()),
      hooks_(std::move(hooks)),
      recovers_(recovers),
      stop_grace_period_secs_(stop_grace_period_secs),
      graph_(get_default_graph()),
      graph_was_finalized_(graph_.finalized()) {
  for (const auto& hook : hooks_) hook->begin();
  while (true) {
    try {
      open();
      return;
    } catch (const errors::OpError& error) {
      if (!recovers_ || !is_preemption(error)) throw;
      log_info("An error was raised while a session was being created. A new session will be created. Error: {}",
               error.message());
    }
  }
}

void MonitoredSessionState::open() {
  session_ = creator_->create_session();
  // Errors of queue runners are not swallowed: OutOfRangeError ends the loop as it would without coordinator.
  coord_ = std::make_unique<Coordinator>(std::vector<errors::Code>());
  hook_stops_ = false;
  if (!graph_.get_items(GraphKeys::QUEUE_RUNNERS).empty()) start_queue_runners(*session_, *coord_);
  for (const auto& hook : hooks_) hook->after_create_session(*session_, *coord_);
}

void MonitoredSessionState::reopen(const char* when, const char* what_follows, const std::exception& lost) {
  log_info("{} This may be due to a preemption in a connected worker. {} Error: {}", when, what_follows, lost.what());
  try {
    close_session();
  } catch (const std::exception& error) {
    log_warning("An error occurred when attempting to close the session. Error: {}", error.what());
  }
  while (true) {
    try {
      open();
      return;
    } catch (const errors::OpError& error) {
      if (!is_preemption(error)) throw;
    }
  }
}

void MonitoredSessionState::close_session() {
  if (!session_) return;
  const Session session = *session_;
  session_.reset();
  const std::unique_ptr<Coordinator> coord = std::move(coord_);  // waits for its threads when all is closed
  std::exception_ptr error;
  if (coord) {
    coord->request_stop();
    try {
      coord->join({.stop_grace_period_secs = stop_grace_period_secs_, .ignore_live_threads = true});
    } catch (...) {
      error = std::current_exception();
    }
  }
  session.close();
  if (error) std::rethrow_exception(error);
}

template <typename F>
auto MonitoredSessionState::with_recovery(F&& function) {
  while (true) {
    if (closed_) throw RuntimeError("Attempted to use a closed Session.");
    try {
      return function();
    } catch (const errors::OpError& error) {
      if (!recovers_ || !is_preemption(error)) throw;
      reopen("An error was raised.", kReplaced, error);
    }
  }
}

std::vector<Tensor> MonitoredSessionState::run(const SessionRunArgs& args, RunMetadata* run_metadata) {
  return with_recovery([&] { return run_once(args, run_metadata); });
}

void MonitoredSessionState::run_step_fn(const std::function<void(const StepContext&)>& step_fn) {
  with_recovery([&] { step_fn(StepContext(*session_, *this)); });
}

std::vector<Tensor> MonitoredSessionState::run_once(const SessionRunArgs& args, RunMetadata* run_metadata) {
  try {
    return run_hooked(args, run_metadata);
  } catch (...) {
    // A thread may have been lost first, which broke this run: a new session helps then.
    try {
      coord_->raise_requested_exception();
    } catch (const errors::OpError& error) {
      if (is_preemption(error)) throw;
    } catch (const std::exception&) {
    }
    throw;
  }
}

std::vector<Tensor> MonitoredSessionState::run_hooked(const SessionRunArgs& args, RunMetadata* run_metadata) {
  if (hook_stops_) throw RuntimeError("Run called even after should_stop requested.");
  SessionRunContext context(args, *session_);
  std::vector<size_t> starts;
  const SessionRunArgs all = with_requests_of_hooks(context, &starts);
  SessionRunValues values{.results = {}, .options = all.options.value_or(RunOptions()), .run_metadata = {}};
  const bool is_traced = run_metadata || values.options.trace_level != RunOptions::NO_TRACE;
  std::vector<Tensor> results =
      session_->run(all.fetches, all.feed_dict, values.options, is_traced ? &values.run_metadata : nullptr);
  for (size_t i = 0; i < hooks_.size(); ++i) {
    values.results.assign(results.begin() + starts[i], results.begin() + starts[i + 1]);
    hooks_[i]->after_run(context, values);
  }
  hook_stops_ = hook_stops_ || context.stop_requested();
  if (run_metadata) *run_metadata = values.run_metadata;
  results.resize(args.fetches.size());
  return results;
}

SessionRunArgs MonitoredSessionState::with_requests_of_hooks(SessionRunContext& context, std::vector<size_t>* starts) {
  SessionRunArgs all = context.original_args();
  std::vector<Feed> feeds;
  for (const auto& hook : hooks_) {
    starts->push_back(all.fetches.size());
    const std::optional<SessionRunArgs> request = hook->before_run(context);
    if (!request) continue;
    all.fetches.insert(all.fetches.end(), request->fetches.begin(), request->fetches.end());
    add_feeds(request->feed_dict, "Same tensor is fed by two hooks.", &feeds);
    if (!request->options) continue;
    if (!all.options) all.options.emplace();
    merge_run_options(*request->options, &*all.options);
  }
  starts->push_back(all.fetches.size());
  add_feeds(all.feed_dict, "Same tensor is fed by a SessionRunHook and user.", &feeds);
  all.feed_dict = FeedDict(std::move(feeds));
  return all;
}

bool MonitoredSessionState::coordinator_stops() const {
  coord_->raise_requested_exception();
  return coord_->should_stop();
}

bool MonitoredSessionState::should_stop() {
  if (closed_ || !session_) return true;
  if (!recovers_) return coordinator_stops() || hook_stops_;
  try {
    if (coordinator_stops()) return true;
  } catch (const errors::OpError& error) {
    if (!is_preemption(error)) return true;  // run throws it
    reopen("An error was raised while considering whether the session is complete.", kReplaced, error);
    return false;
  } catch (const std::exception&) {
    return true;
  }
  return hook_stops_;
}

void MonitoredSessionState::close(bool with_end) {
  if (closed_) throw RuntimeError("Session is already closed.");
  closed_ = true;
  std::exception_ptr error;
  try {
    if (with_end && session_) {
      for (const auto& hook : hooks_) hook->end(*session_);
    }
  } catch (...) {
    error = std::current_exception();
  }
  try {
    close_session();
  } catch (...) {
    error = std::current_exception();
  }
  if (!graph_was_finalized_) graph_.impl().unfinalize();
  if (error) std::rethrow_exception(error);
}

}  // namespace reflow::train
