#include "reflow/capi/session.h"

#include <algorithm>
#include <cstring>
#include <mutex>
#include <set>

#include "reflow/client/session_of_config.h"
#include "reflow/client/session_proto.h"
#include "tensorflow/core/protobuf/config.pb.h"

using namespace reflow;
using namespace reflow::capi;

namespace {

uint64_t mix(uint64_t hash, const Node* node, int index) {
  hash ^= reinterpret_cast<uintptr_t>(node) + static_cast<uint64_t>(int64_t{index}) * 0x9e3779b97f4a7c15;
  hash *= 0xff51afd7ed558ccd;
  return hash ^ (hash >> 32);
}

uint64_t hash_of(const TF_Session::Call& call) {
  uint64_t hash = call.feeds.size() * 31 + call.fetches.size();
  for (const Endpoint& e : call.feeds) hash = mix(hash, e.node, e.index);
  for (const Endpoint& e : call.fetches) hash = mix(hash, e.node, e.index);
  for (const Node* node : call.targets) hash = mix(hash, node, -1);
  return hash;
}

Status check_output(const Endpoint& e) {
  if (!e) return invalid_argument("A tensor without an operation was fed or fetched");
  if (e.index >= 0 && e.index < e.node->num_outputs()) return OkStatus();
  return out_of_range("Node '{}' (type: '{}', num of outputs: {}) does not have output {}", e.node->name(), e.node->type(),
                      e.node->num_outputs(), e.index);
}

Status check_outputs(const TF_Session::Call& call) {
  for (const Endpoint& e : call.feeds) RETURN_IF_ERROR(check_output(e));
  for (const Endpoint& e : call.fetches) RETURN_IF_ERROR(check_output(e));
  return OkStatus();
}

StatusOr<Tensor> feed_of(const Endpoint& e, const TF_Tensor& value, size_t i) {
  if (value.dtype != base_type(e.dtype())) {
    return invalid_argument("Expects arg[{}] to be {} but {} is provided", i, dtype_spec_name(base_type(e.dtype())),
                            dtype_spec_name(value.dtype));
  }
  return tensor_of(value);
}

Status read_options(const TF_Buffer* bytes, runtime::RunOptions* options) {
  tensorflow::RunOptions proto;
  if (!parse(bytes->data, bytes->length, &proto)) return invalid_argument("Unparseable RunOptions proto");
  if (proto.inter_op_thread_pool() < -1 || proto.inter_op_thread_pool() > 0) {
    return invalid_argument("Invalid inter_op_thread_pool: {}", proto.inter_op_thread_pool());
  }
  options->timeout_ms = proto.timeout_in_ms();
  options->trace = proto.trace_level() != tensorflow::RunOptions::NO_TRACE;
  options->partition_graphs = proto.output_partition_graphs();
  options->report_allocations_on_oom = proto.report_tensor_allocations_upon_oom();
  return OkStatus();
}

// Vectors of the calling thread that keep their memory from run to run. A run within a run gets others.
struct Scratch {
  std::vector<Tensor> feeds, results;
};
thread_local Scratch kept;

class BorrowedScratch {
 public:
  BorrowedScratch() : scratch(std::move(kept)) {}
  ~BorrowedScratch() {
    scratch.feeds.clear();
    scratch.results.clear();
    kept = std::move(scratch);
  }
  Scratch scratch;
};

void delete_all(TF_Tensor** tensors, size_t n) {
  for (size_t i = 0; i < n; ++i) {
    TF_DeleteTensor(tensors[i]);
    tensors[i] = nullptr;
  }
}

// The sessions that run in this process.
std::mutex local_mutex;
std::set<TF_Session*> local_sessions;

SessionOptions options_for(const TF_SessionOptions& options, const Graph& graph) {
  SessionOptions made;
  made.target = options.target;
  made.graph = graph;
  return made;
}

}  // namespace

TF_Session::TF_Session(const TF_SessionOptions& options, const Graph& graph)
    : session(session_of_config(options_for(options, graph), options.config)), backend(client::backend_of(session)) {
  if (!options.target.empty()) return;
  const std::lock_guard lock(local_mutex);
  local_sessions.insert(this);
}

TF_Session::~TF_Session() {
  const std::lock_guard lock(local_mutex);
  local_sessions.erase(this);
}

Status TF_Session::reset_local(std::span<const std::string> containers) {
  const std::lock_guard lock(local_mutex);
  Status first;
  for (TF_Session* session : local_sessions) first.Update(session->backend.reset(containers));
  for (TF_Session* session : local_sessions) first.Update(session->backend.close());
  local_sessions.clear();
  return first;
}

StatusOr<const TF_Session::Prepared*> TF_Session::prepare(const Call& call) {
  const uint64_t hash = hash_of(call);
  const auto find = [&]() -> const Prepared* {
    const auto [begin, end] = prepared_.equal_range(hash);
    for (auto it = begin; it != end; ++it) {
      const runtime::Signature& s = it->second->signature;
      if (std::ranges::equal(s.feeds, call.feeds) && std::ranges::equal(s.fetches, call.fetches) &&
          std::ranges::equal(s.targets, call.targets)) {
        return it->second.get();
      }
    }
    return nullptr;
  };
  {
    const std::shared_lock lock(mutex_);
    if (const Prepared* known = find()) return known;
  }
  if (call.fetches.empty() && call.targets.empty()) return invalid_argument("Must specify at least one target to fetch or execute.");
  RETURN_IF_ERROR(check_outputs(call));
  auto made = std::make_unique<Prepared>();
  made->signature = {{call.feeds.begin(), call.feeds.end()}, {call.fetches.begin(), call.fetches.end()},
                     {call.targets.begin(), call.targets.end()}};
  runtime::Signature compiled;
  compiled.feeds = made->signature.feeds;
  for (const Endpoint& e : call.fetches) {
    if (std::ranges::find(call.feeds, e) != call.feeds.end()) return invalid_argument("{} is both fed and fetched.", e.name());
    const auto known = std::ranges::find(compiled.fetches, e);
    made->sources.push_back(static_cast<int>(known - compiled.fetches.begin()));
    if (known == compiled.fetches.end()) compiled.fetches.push_back(e);
  }
  for (Node* node : call.targets) {
    if (std::ranges::find(compiled.targets, node) == compiled.targets.end()) compiled.targets.push_back(node);
  }
  ASSIGN_OR_RETURN(made->run, backend.prepare(compiled));
  const std::unique_lock lock(mutex_);
  if (const Prepared* known = find()) return known;
  return prepared_.emplace(hash, std::move(made))->second.get();
}

Status TF_Session::run(const Call& call, TF_Tensor* const* feed_values, TF_Tensor** results, const TF_Buffer* run_options,
                       TF_Buffer* run_metadata) {
  std::fill_n(results, call.fetches.size(), nullptr);
  if (run_metadata != nullptr && run_metadata->data != nullptr) return invalid_argument("Passing non-empty run_metadata is invalid.");
  runtime::RunOptions options;
  if (run_options != nullptr) RETURN_IF_ERROR(read_options(run_options, &options));
  ASSIGN_OR_RETURN(const Prepared* const prepared, prepare(call));
  BorrowedScratch borrowed;
  auto& [feeds, values] = borrowed.scratch;
  for (size_t i = 0; i < call.feeds.size(); ++i) {
    ASSIGN_OR_RETURN(Tensor feed, feed_of(call.feeds[i], *feed_values[i], i));
    feeds.push_back(std::move(feed));
  }
  runtime::RunMetadata metadata;
  RETURN_IF_ERROR(backend.run(*prepared->run, feeds, &values, options, run_metadata ? &metadata : nullptr));
  if (run_metadata != nullptr) RETURN_IF_ERROR(write_bytes(runtime::serialize(metadata), run_metadata));
  for (size_t i = 0; i < prepared->sources.size(); ++i) {
    StatusOr<TF_Tensor*> result = make_tensor(values[prepared->sources[i]]);
    if (!result.ok()) {
      delete_all(results, i);
      return result.status();
    }
    results[i] = *result;
  }
  return OkStatus();
}

StatusOr<std::string> TF_Session::partial_run_setup(const Call& call) {
  RETURN_IF_ERROR(check_outputs(call));
  return backend.partial_run_setup({{call.feeds.begin(), call.feeds.end()}, {call.fetches.begin(), call.fetches.end()},
                                    {call.targets.begin(), call.targets.end()}});
}

Status TF_Session::partial_run(const std::string& handle, const Call& call, TF_Tensor* const* feed_values, TF_Tensor** results) {
  std::fill_n(results, call.fetches.size(), nullptr);
  RETURN_IF_ERROR(check_outputs(call));
  std::vector<std::pair<Endpoint, Tensor>> feeds;
  for (size_t i = 0; i < call.feeds.size(); ++i) {
    ASSIGN_OR_RETURN(const Tensor feed, feed_of(call.feeds[i], *feed_values[i], i));
    feeds.emplace_back(call.feeds[i], feed.copy());  // the run goes on after this call
  }
  std::vector<Tensor> values;
  RETURN_IF_ERROR(backend.partial_run(handle, feeds, call.fetches, &values));
  for (size_t i = 0; i < values.size(); ++i) {
    ASSIGN_OR_RETURN(results[i], make_tensor(values[i]));
  }
  return OkStatus();
}

TF_SessionOptions* TF_NewSessionOptions() { return new TF_SessionOptions; }
void TF_DeleteSessionOptions(TF_SessionOptions* options) { delete options; }
void TF_SetTarget(TF_SessionOptions* options, const char* target) { options->target = target; }
void TF_SetConfig(TF_SessionOptions* options, const void* proto, size_t proto_len, TF_Status* status) {
  report(status, [&]() -> Status {
    tensorflow::ConfigProto config;
    if (!parse(proto, proto_len, &config)) return invalid_argument("Unparseable ConfigProto");
    options->config.assign(static_cast<const char*>(proto), proto_len);
    return OkStatus();
  });
}

TF_Session* TF_NewSession(TF_Graph* g, const TF_SessionOptions* options, TF_Status* status) {
  std::unique_ptr<TF_Session> session;
  report(status, [&] {
    session = std::make_unique<TF_Session>(*options, g->graph);
    return OkStatus();
  });
  return session.release();
}

void TF_CloseSession(TF_Session* session, TF_Status* status) {
  report(status, [&] { return session->backend.close(); });
}

void TF_DeleteSession(TF_Session* session, TF_Status* status) {
  report(status, [&] {
    delete session;
    return OkStatus();
  });
}

void TF_SessionRun(TF_Session* session, const TF_Buffer* run_options, const TF_Output* inputs, TF_Tensor* const* input_values,
                   int ninputs, const TF_Output* outputs, TF_Tensor** output_values, int noutputs,
                   const TF_Operation* const* target_opers, int ntargets, TF_Buffer* run_metadata, TF_Status* status) {
  report(status, [&] {
    return session->run({endpoints_of(inputs, ninputs), endpoints_of(outputs, noutputs), nodes_of(target_opers, ntargets)},
                        input_values, output_values, run_options, run_metadata);
  });
}

namespace {

char* new_string(const std::string& text) { return std::strcpy(new char[text.size() + 1], text.c_str()); }

}  // namespace

void TF_SessionPRunSetup(TF_Session* session, const TF_Output* inputs, int ninputs, const TF_Output* outputs, int noutputs,
                         const TF_Operation* const* target_opers, int ntargets, const char** handle, TF_Status* status) {
  *handle = nullptr;
  report(status, [&]() -> Status {
    ASSIGN_OR_RETURN(const std::string name, session->partial_run_setup({endpoints_of(inputs, ninputs), endpoints_of(outputs, noutputs),
                                                                         nodes_of(target_opers, ntargets)}));
    *handle = new_string(name);
    return OkStatus();
  });
}

void TF_SessionPRun(TF_Session* session, const char* handle, const TF_Output* inputs, TF_Tensor* const* input_values, int ninputs,
                    const TF_Output* outputs, TF_Tensor** output_values, int noutputs, const TF_Operation* const* target_opers,
                    int ntargets, TF_Status* status) {
  report(status, [&] {
    return session->partial_run(handle, {endpoints_of(inputs, ninputs), endpoints_of(outputs, noutputs), nodes_of(target_opers, ntargets)},
                                input_values, output_values);
  });
}

void TF_DeletePRunHandle(const char* handle) { delete[] handle; }
