#include "reflow/runtime/plan_run.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include "reflow/op/function_runner.h"
#include "reflow/runtime/executor.h"
#include "reflow/runtime/local_rendezvous.h"
#include "reflow/runtime/partition.h"
#include "reflow/runtime/program.h"
#include "reflow/runtime/schedule.h"
#include "reflow/runtime/tracer.h"

namespace reflow::runtime {

namespace {

Status check_feeds(const Plan& plan, std::span<const Tensor> feeds) {
  if (feeds.size() != plan.feed_types.size()) {
    return invalid_argument("{} tensors are fed, where the signature has {}", feeds.size(), plan.feed_types.size());
  }
  for (size_t i = 0; i < feeds.size(); ++i) {
    if (feeds[i].dtype() == plan.feed_types[i]) continue;
    return invalid_argument("Feed {} has type {}, where {} is expected", i, dtype_name(feeds[i].dtype()),
                            dtype_name(plan.feed_types[i]));
  }
  return OkStatus();
}

// What TensorFlow puts behind the message when memory runs out and nobody counts who has it.
Status explain_lack_of_memory(const Status& status, const RunSettings& settings) {
  if (settings.trace || settings.report_allocations_on_oom || message_of(status).find("OOM") == std::string_view::npos) {
    return status;
  }
  return append_message(status,
                        "\nHint: If you want to see a list of allocated tensors when OOM happens, add "
                        "report_tensor_allocations_upon_oom to RunOptions for current allocation info.\n");
}

// Takes the fetched values out of the frame: moved where this run alone holds them, else copied, since neither a later
// run nor the caller may change what the other sees.
Status take_fetches(const Plan& plan, Frame& frame, std::vector<Tensor>* fetches) {
  const size_t n = plan.fetch_slots.size();
  fetches->resize(n);
  for (size_t i = 0; i < n; ++i) {
    op::Value& value = frame.values[plan.fetch_slots[i]];
    if (!value.get().valid()) {
      return failed_precondition("Attempting to use uninitialized value {0}\n\t [[{{{{node _retval_{0}_0_{1}}}}}]]",
                                 plan.fetch_names[i], i);
    }
    bool last = value.ref == nullptr;
    for (size_t j = i + 1; j < n && last; ++j) last = plan.fetch_slots[j] != plan.fetch_slots[i];
    (*fetches)[i] = last && op::fills_own_buffer(value.tensor) ? std::move(value.tensor) : value.get().copy();
  }
  return OkStatus();
}

Status execute(const Program& program, Frame& frame, const RunControl& control, RunMetadata* metadata) {
  const Status status = program.plan().needs_dataflow ? run_dataflow(program, frame, control, metadata)
                                                      : run_straight_line(program, frame, control, metadata);
  // Whoever comes too late is told so, whatever the last kernel gave.
  return status.ok() && control.has_deadline() ? control.check() : status;
}

// A run that tells of itself.
Status execute_with_metadata(const Program& program, Frame& frame, const RunControl& control,
                             const RunSettings& settings, RunMetadata* metadata) {
  const Plan& plan = program.plan();
  const bool collect = settings.trace || settings.costs || settings.report_allocations_on_oom;
  RunMetadata collected;
  CalledTrace called;
  op::CallState state = op::CallScope::current();
  state.trace = settings.trace ? &called : nullptr;
  const op::CallScope traced(state);
  std::vector<NodeStats> sources;
  if (settings.trace || settings.costs) sources = Tracer::sources(plan, frame.values);
  Status status = execute(program, frame, control, collect ? &collected : nullptr);
  std::ranges::move(called.nodes, std::back_inserter(collected.nodes));
  if (status.code() == StatusCode::kResourceExhausted && collect) {
    status = append_message(status, Tracer(plan, &collected).memory_report(message_of(status)));
  }
  if (metadata == nullptr) return status;
  if (settings.costs) Tracer::make_cost_graph(plan, sources, &collected);
  if (settings.trace) Tracer(plan, &collected).add_ends(std::move(sources));
  else collected.nodes.clear();
  if (settings.partition_graphs) collected.partition_graphs = partition_graphs(plan);
  *metadata = std::move(collected);
  return status;
}

// While it lives, who cancels the caller of a run cancels what its kernels call.
class Forwarding {
 public:
  Forwarding(op::CancellationManager* from, op::CancellationManager& to) : from_(from) {
    if (from_ == nullptr) return;
    token_ = from_->next_token();
    if (!from_->add_callback(token_, [&to] { to.cancel(); })) to.cancel();
  }
  ~Forwarding() {
    if (from_ != nullptr) from_->remove_callback(token_);
  }
  Forwarding(const Forwarding&) = delete;
  Forwarding& operator=(const Forwarding&) = delete;

 private:
  op::CancellationManager* const from_;
  op::CancellationManager::Token token_ = 0;
};

// Outputs that are handed out get memory of their own.
Status allocate_fetches(const Program& program, Frame& frame) {
  for (const Program::Fetched& fresh : program.fresh_fetches) {
    ASSIGN_OR_RETURN(frame.values[fresh.slot].tensor, allocate_tensor(fresh.type, fresh.shape));
  }
  return OkStatus();
}

}  // namespace

Status run_plan(Plan& plan, std::span<const Tensor> feeds, std::vector<Tensor>* fetches, const RunSettings& settings,
                RunMetadata* metadata) {
  if (settings.caller != nullptr && settings.caller->cancelled()) return cancelled("Run call was cancelled");
  RETURN_IF_ERROR(check_feeds(plan, feeds));
  Program& program = plan.program_for(feeds);
  ASSIGN_OR_RETURN(std::unique_ptr<Frame> frame, program.take_frame());
  std::optional<LocalRendezvous> own_rendezvous;
  op::Rendezvous* rendezvous = settings.rendezvous;
  if (rendezvous == nullptr && plan.needs_dataflow) rendezvous = &own_rendezvous.emplace();
  for (op::RunEnv& env : frame->envs) {
    env.rendezvous = rendezvous;
    env.step_id = settings.step_id;
    env.step_resources = settings.step_resources != nullptr ? settings.step_resources : &frame->step_resources;
  }
  for (size_t i = 0; i < feeds.size(); ++i) frame->values[plan.feed_slots[i]].tensor = feeds[i];

  const op::CallScope calls({settings.call_depth, settings.deadline, nullptr});
  const RunControl control{settings.session, settings.caller, settings.deadline};
  Status status = allocate_fetches(program, *frame);
  if (status.ok()) {
    const Forwarding cancels(plan.calls_functions ? settings.caller : nullptr, frame->cancellation);
    const bool tells = metadata != nullptr || settings.report_allocations_on_oom;
    status = tells ? execute_with_metadata(program, *frame, control, settings, metadata)
                   : execute(program, *frame, control, nullptr);
  }
  if (status.ok()) status = take_fetches(plan, *frame, fetches);
  if (status.code() == StatusCode::kResourceExhausted) status = explain_lack_of_memory(status, settings);

  // Lets go of what belongs to others: feeds, variables' buffers.
  for (const int slot : plan.feed_slots) frame->values[slot].tensor = Tensor();
  for (const int slot : program.releases_at_end) frame->values[slot] = op::Value();
  if (plan.needs_dataflow) {
    for (const int slot : plan.fetch_slots) {
      if (!plan.schedule->is_constant[slot]) frame->values[slot] = op::Value();
    }
    frame->step_resources.clear();
  }
  if (!status.ok() || frame->cancellation.cancelled()) frame->spoiled = true;
  program.give_back(std::move(frame));
  return status;
}

}  // namespace reflow::runtime
