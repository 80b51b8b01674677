#include "reflow/runtime/partial_run.h"

#include <algorithm>
#include <future>

#include "reflow/base/interrupt.h"
#include "reflow/runtime/plan_run.h"

namespace reflow::runtime {

using graph::AttrMap;
using graph::Endpoint;
using graph::Node;
using graph::NodeSpec;

namespace {

constexpr char kCaller[] = "caller", kRun[] = "run";

AttrMap edge_attrs(const char* from, const char* to, std::string name) {
  return {{"tensor_name", std::move(name)}, {"send_device", from}, {"recv_device", to},
          {"send_device_incarnation", 1}, {"client_terminated", true}};
}
std::string feed_name(int i) { return fmt::format("feed {}", i); }
std::string fetch_name(int i) { return fmt::format("fetch {}", i); }
std::string feed_key(int i) { return op::Rendezvous::key(kCaller, kRun, feed_name(i), 0, 0); }
std::string fetch_key(int i) { return op::Rendezvous::key(kRun, kCaller, fetch_name(i), 0, 0); }

}  // namespace

Status make_partial(const Signature& signature, graph::Subgraph* subgraph) {
  const graph::OpRegistry& ops = graph::OpRegistry::global();
  for (size_t i = 0; i < signature.feeds.size(); ++i) {
    Node* const feed = subgraph->feeds[i];
    NodeSpec spec;
    spec.op = ops.find("_Recv");
    spec.attrs = edge_attrs(kCaller, kRun, feed_name(static_cast<int>(i)));
    spec.attrs.set("tensor_type", feed->output_type(0));
    spec.output_types = {feed->output_type(0)};
    subgraph->graph->rewrite_node(feed, std::move(spec));
    feed->set_output_shape(0, signature.feeds[i].shape());
    subgraph->targets.push_back(feed);
  }
  for (size_t i = 0; i < signature.fetches.size(); ++i) {
    Node* const fetch = subgraph->fetches[i];
    NodeSpec spec;
    spec.op = ops.find("_Send");
    spec.inputs = {fetch->input(0)};
    spec.attrs = edge_attrs(kRun, kCaller, fetch_name(static_cast<int>(i)));
    spec.attrs.set("T", base_type(fetch->input(0).dtype()));
    subgraph->graph->rewrite_node(fetch, std::move(spec));
    subgraph->targets.push_back(fetch);
  }
  subgraph->feeds.clear();
  subgraph->fetches.clear();
  return OkStatus();
}

PartialRun::PartialRun(const graph::Graph& graph, Signature signature, std::shared_ptr<Plan> plan)
    : graph_(graph), signature_(std::move(signature)), plan_(std::move(plan)), fed_(signature_.feeds.size()),
      fetched_(signature_.fetches.size()) {}

void PartialRun::execute(op::CancellationManager* session, int64_t step_id) {
  RunSettings settings;
  settings.session = session;
  settings.step_id = step_id;
  settings.rendezvous = &rendezvous_;
  std::vector<Tensor> none;
  const Status status = run_plan(*plan_, {}, &none, settings);
  if (!status.ok()) rendezvous_.abort(status);
}

Status PartialRun::note(std::span<const std::pair<Endpoint, Tensor>> feeds, std::span<const Endpoint> fetches,
                        std::vector<int>* feed_numbers, std::vector<int>* fetch_numbers, bool* all_done) {
  const std::lock_guard lock(mutex_);
  for (const auto& [feed, value] : feeds) {
    const auto found = std::ranges::find(signature_.feeds, feed);
    if (found == signature_.feeds.end()) {
      return invalid_argument("The feed {} was not specified in partial_run_setup.", feed.name());
    }
    feed_numbers->push_back(static_cast<int>(found - signature_.feeds.begin()));
    if (fed_[feed_numbers->back()]) return invalid_argument("The feed {} has already been fed.", feed.name());
    if (value.dtype() != base_type(feed.dtype())) {
      return invalid_argument("Feed {} has type {}, where {} is expected", feed.name(), dtype_name(value.dtype()),
                              dtype_name(base_type(feed.dtype())));
    }
  }
  for (const Endpoint& fetch : fetches) {
    const auto found = std::ranges::find(signature_.fetches, fetch);
    if (found == signature_.fetches.end()) {
      return invalid_argument("The fetch {} was not specified in partial_run_setup.", fetch.name());
    }
    fetch_numbers->push_back(static_cast<int>(found - signature_.fetches.begin()));
    if (fetched_[fetch_numbers->back()]) return invalid_argument("The fetch {} has already been fetched.", fetch.name());
  }
  for (const int i : *feed_numbers) fed_[i] = true;
  for (const Endpoint& fetch : fetches) {
    if (Status status = check_computable(fetch); !status.ok()) {
      for (const int i : *feed_numbers) fed_[i] = false;
      return status;
    }
  }
  for (const int i : *fetch_numbers) fetched_[i] = true;
  const auto all = [](const std::vector<bool>& flags) { return std::ranges::find(flags, false) == flags.end(); };
  *all_done = all(fed_) && all(fetched_);
  return OkStatus();
}

// Looks for feeds that are missing on the way to `fetch`.
Status PartialRun::check_computable(const Endpoint& fetch) const {
  const std::lock_guard graph_lock(graph_.mutex());
  std::vector<bool> visited(graph_.num_node_ids());
  std::vector<Endpoint> to_visit{fetch};
  while (!to_visit.empty()) {
    const Endpoint e = to_visit.back();
    to_visit.pop_back();
    if (const auto feed = std::ranges::find(signature_.feeds, e); feed != signature_.feeds.end()) {
      if (fed_[feed - signature_.feeds.begin()]) continue;
      return invalid_argument("Fetch {} can't be computed from the feeds that have been fed so far.", e.name());
    }
    if (visited[e.node->id()]) continue;
    visited[e.node->id()] = true;
    for (const Endpoint& input : e.node->inputs()) to_visit.push_back(input);
    for (Node* control : e.node->control_inputs()) to_visit.push_back({control, -1});
  }
  return OkStatus();
}

StatusOr<Tensor> PartialRun::wait_for(int fetch) {
  struct Result {
    Status status;
    Tensor value;
    bool dead;
  };
  const auto arrived = std::make_shared<std::promise<Result>>();  // it may come when nobody waits any more
  rendezvous_.recv_async(fetch_key(fetch), [arrived](const Status& status, const Tensor& value, bool dead) {
    arrived->set_value({status, value, dead});
  });
  std::future<Result> future = arrived->get_future();
  while (Interrupt::possible() && future.wait_for(Interrupt::kInterval) != std::future_status::ready) {
    if (Interrupt::requested()) return cancelled("Run call was interrupted");
  }
  Result result = future.get();
  RETURN_IF_ERROR(result.status);
  if (result.dead || !result.value.valid()) {
    return invalid_argument("The tensor returned for {} was not valid.", signature_.fetches[fetch].name());
  }
  return result.value.owns_alone() ? std::move(result.value) : result.value.copy();
}

Status PartialRun::advance(std::span<const std::pair<Endpoint, Tensor>> feeds, std::span<const Endpoint> fetches,
                           std::vector<Tensor>* values, bool* all_done) {
  std::vector<int> feed_numbers, fetch_numbers;
  *all_done = false;
  RETURN_IF_ERROR(note(feeds, fetches, &feed_numbers, &fetch_numbers, all_done));
  for (size_t i = 0; i < feeds.size(); ++i) {
    // The run outlives this call: it gets a value of its own.
    RETURN_IF_ERROR(rendezvous_.send(feed_key(feed_numbers[i]), feeds[i].second.copy(), false));
  }
  values->clear();
  for (const int fetch : fetch_numbers) {
    ASSIGN_OR_RETURN(Tensor value, wait_for(fetch));
    values->push_back(std::move(value));
  }
  return OkStatus();
}

}  // namespace reflow::runtime
