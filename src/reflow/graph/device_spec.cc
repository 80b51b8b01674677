#include "reflow/graph/device_spec.h"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace reflow::graph {
namespace {

Status parse_int(std::string_view text, int* value) {
  if (text == "*") {
    *value = -1;
    return OkStatus();
  }
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *value);
  if (error != std::errc() || end != text.data() + text.size() || *value < 0) {
    return invalid_argument("invalid literal for int() with base 10: '{}'", text);
  }
  return OkStatus();
}

std::string upper(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](unsigned char c) { return std::toupper(c); });
  return result;
}

// One part of a name, "job:worker" or "device:CPU:0".
Status parse_part(std::string_view part, std::string_view name, DeviceSpec* spec) {
  const size_t colon = part.find(':');
  const std::string_view key = part.substr(0, colon);
  const std::string_view value = colon == part.npos ? std::string_view() : part.substr(colon + 1);
  if (key == "job" && colon != part.npos) {
    spec->job = value;
    return OkStatus();
  }
  if (key == "replica" && colon != part.npos) return parse_int(value, &spec->replica);
  if (key == "task" && colon != part.npos) return parse_int(value, &spec->task);
  if (key == "device" && colon != part.npos) {
    const size_t second = value.find(':');
    spec->type = value.substr(0, second) == "*" ? "" : std::string(value.substr(0, second));
    spec->index = -1;
    return second == value.npos ? OkStatus() : parse_int(value.substr(second + 1), &spec->index);
  }
  const std::string type = upper(key);
  if (type == "CPU" || type == "GPU") {
    spec->type = type;
    return colon == part.npos ? OkStatus() : parse_int(value, &spec->index);
  }
  return invalid_argument("Unknown attribute: '{}' in '{}'", key, name);
}

}  // namespace

StatusOr<DeviceSpec> DeviceSpec::parse(std::string_view name) {
  DeviceSpec spec;
  for (size_t start = 0; start < name.size();) {
    size_t end = name.find('/', start);
    if (end == name.npos) end = name.size();
    if (end > start) RETURN_IF_ERROR(parse_part(name.substr(start, end - start), name, &spec));
    start = end + 1;
  }
  return spec;
}

DeviceSpec DeviceSpec::overridden_by(const DeviceSpec& inner) const {
  DeviceSpec result = *this;
  if (!inner.job.empty()) result.job = inner.job;
  if (inner.replica >= 0) result.replica = inner.replica;
  if (inner.task >= 0) result.task = inner.task;
  if (!inner.type.empty()) {
    result.type = inner.type;
    result.index = inner.index;
  }
  if (inner.index >= 0) result.index = inner.index;
  return result;
}

bool DeviceSpec::matches(const DeviceSpec& full) const {
  return (job.empty() || job == full.job) && (replica < 0 || replica == full.replica) &&
         (task < 0 || task == full.task) && (type.empty() || type == full.type) && (index < 0 || index == full.index);
}

std::string DeviceSpec::str() const {
  std::string result;
  if (!job.empty()) result += "/job:" + job;
  if (replica >= 0) result += fmt::format("/replica:{}", replica);
  if (task >= 0) result += fmt::format("/task:{}", task);
  if (!type.empty()) result += fmt::format("/device:{}:{}", type, index >= 0 ? std::to_string(index) : "*");
  return result;
}

}  // namespace reflow::graph
