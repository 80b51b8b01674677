#include "reflow/base/env.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <mutex>

#include "reflow/base/logging.h"

namespace reflow {
namespace {

constexpr EnvKnob kDebug("REFLOW_DEBUG", "0",
                         "How much is told on stderr: 1 devices, 2 placements, 3 time of each node, 4 summaries of "
                         "tensors, 5 the schedule.");
const EnvKnob::Registration debug_registration(kDebug);
constexpr EnvKnob kDumpGraph("REFLOW_DUMP_GRAPH", "not set",
                             "A directory to which the graph is written after each pass, as .pbtxt and .dot.");
const EnvKnob::Registration dump_graph_registration(kDumpGraph);

struct Registry {
  std::mutex mutex;
  std::vector<EnvKnob> knobs;
};

Registry& registry() {
  static auto* registry = new Registry;
  return *registry;
}

}  // namespace

std::string EnvKnob::text(const std::string& otherwise) const {
  const char* value = std::getenv(name_);
  return value && *value ? value : otherwise;
}

int64_t EnvKnob::integer(int64_t otherwise) const {
  const std::string value = text();
  if (value.empty()) return otherwise;
  int64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error == std::errc() && end == value.data() + value.size()) return number;
  log_warning("{}={} is not an integer; it is ignored.", name_, value);
  return otherwise;
}

bool EnvKnob::flag() const {
  const std::string value = text();
  return !value.empty() && value != "0" && value != "false";
}

EnvKnob::Registration::Registration(const EnvKnob& knob) {
  const std::lock_guard lock(registry().mutex);
  registry().knobs.push_back(knob);
}

std::vector<EnvKnob> env_knobs() {
  std::unique_lock lock(registry().mutex);
  std::vector<EnvKnob> knobs = registry().knobs;
  lock.unlock();
  std::sort(knobs.begin(), knobs.end(),
            [](const EnvKnob& a, const EnvKnob& b) { return std::strcmp(a.name(), b.name()) < 0; });
  return knobs;
}

int debug_level() {
  static const int level = static_cast<int>(std::clamp<int64_t>(kDebug.integer(0), 0, 5));
  return level;
}

std::string graph_dump_directory() { return kDumpGraph.text(); }

}  // namespace reflow
