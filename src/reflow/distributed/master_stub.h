#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/distributed/transport.h"
#include "reflow/op/cancellation.h"
#include "reflow/tensor/tensor.h"

namespace tensorflow {
class GraphDef;
class ListDevicesResponse;
}  // namespace tensorflow

namespace reflow::distributed {

// RunStepRequest.
struct Step {
  std::string session;
  std::vector<std::pair<std::string, Tensor>> feeds;  // by name, "x:0"
  std::vector<std::string> fetches, targets;
  std::string options;      // a serialized RunOptions
  int64_t timeout_ms = 0;   // 0: none
  std::string partial_run;  // the handle of the partial run that this goes on with; empty: a run of its own
};
// RunStepResponse.
struct StepResult {
  std::vector<Tensor> fetched;  // by number of the fetch
  std::string metadata;         // a serialized RunMetadata
};

// A master as clients see it, in this process or elsewhere. Thread-safe. Calls wait for their ends; Ctrl-C and
// `cancellation` (which may be null) end them early.
class MasterStub {
 public:
  virtual ~MasterStub() = default;
  // The handle of a new session. `config` is a serialized ConfigProto.
  virtual StatusOr<std::string> create_session(const tensorflow::GraphDef& graph, const std::string& config,
                                               const std::string& target, int64_t timeout_ms, int64_t* graph_version) = 0;
  // Adds nodes to the graph of the session. Aborted: it isn't of this version.
  virtual Status extend_session(const std::string& session, const tensorflow::GraphDef& graph, int64_t* graph_version) = 0;
  virtual Status run_step(const Step& step, op::CancellationManager* cancellation, StepResult* result) = 0;
  virtual StatusOr<std::string> partial_run_setup(const std::string& session, const std::vector<std::string>& feeds,
                                                  const std::vector<std::string>& fetches,
                                                  const std::vector<std::string>& targets) = 0;
  virtual Status close_session(const std::string& session) = 0;
  virtual Status list_devices(const std::string& session, tensorflow::ListDevicesResponse* response) = 0;
  // Ends all sessions of the master, and forgets the resources of these containers, or the default one.
  virtual Status reset(const std::vector<std::string>& containers, const std::vector<std::string>& device_filters) = 0;
};

std::unique_ptr<MasterStub> remote_master(std::shared_ptr<Channel> channel);

}  // namespace reflow::distributed
