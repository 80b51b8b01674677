#include "reflow/client/capture.h"

#include <utility>
#include <vector>

namespace reflow::client {

namespace {
thread_local std::vector<std::pair<const graph::Graph*, Capture>> captures;
}

CaptureScope::CaptureScope(const graph::Graph& body, Capture capture) { captures.emplace_back(&body, std::move(capture)); }
CaptureScope::~CaptureScope() { captures.pop_back(); }

const Capture* capture_of(const graph::Graph& graph) {
  for (const auto& [body, capture] : captures) {
    if (body == &graph) return &capture;
  }
  return nullptr;
}

}  // namespace reflow::client
