#include "reflow/graph/device_spec.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace reflow::graph {
namespace {

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return result;
}

Status parse_int(std::string_view text, std::optional<int>* value) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) {
    return invalid_argument("invalid literal for int() with base 10: '{}'", text);
  }
  *value = number;
  return OkStatus();
}

// One part between slashes, its fields separated by colons.
Status parse_part(std::string_view part, std::string_view whole, DeviceSpec* spec) {
  std::array<std::string_view, 4> fields;
  size_t n = 0;
  for (std::string_view rest = part;; ++n) {
    const size_t colon = rest.find(':');
    if (n < fields.size()) fields[n] = rest.substr(0, colon);
    if (colon == std::string_view::npos) break;
    rest.remove_prefix(colon + 1);
  }
  ++n;
  const std::string_view key = fields[0];
  if (n == 2 && key == "job") {
    spec->job = fields[1];
  } else if (n == 2 && key == "replica") {
    return parse_int(fields[1], &spec->replica);
  } else if (n == 2 && key == "task") {
    return parse_int(fields[1], &spec->task);
  } else if (const std::string type = upper(key); n <= 2 && (type == "GPU" || type == "CPU")) {
    if (!spec->type.empty()) return invalid_argument("Cannot specify multiple device types: {}", whole);
    spec->type = type;
    if (n == 2 && fields[1] != "*") return parse_int(fields[1], &spec->index);
  } else if (n == 3 && key == "device") {
    if (!spec->type.empty()) return invalid_argument("Cannot specify multiple device types: {}", whole);
    spec->type = fields[1];
    if (fields[2] != "*") return parse_int(fields[2], &spec->index);
  } else if (!key.empty()) {
    return invalid_argument("Unknown attribute: '{}' in '{}'", key, whole);
  }
  return OkStatus();
}

}  // namespace

StatusOr<DeviceSpec> DeviceSpec::parse(std::string_view text) {
  DeviceSpec spec;
  for (std::string_view rest = text;;) {
    const size_t slash = rest.find('/');
    if (const std::string_view part = rest.substr(0, slash); !part.empty()) RETURN_IF_ERROR(parse_part(part, text, &spec));
    if (slash == std::string_view::npos) return spec;
    rest.remove_prefix(slash + 1);
  }
}

std::string DeviceSpec::str() const {
  std::string text;
  if (!job.empty()) text += "/job:" + job;
  if (replica) text += "/replica:" + std::to_string(*replica);
  if (task) text += "/task:" + std::to_string(*task);
  if (!type.empty()) text += "/device:" + type + ":" + (index ? std::to_string(*index) : "*");
  return text;
}

DeviceSpec DeviceSpec::merged_into(const DeviceSpec& outer) const {
  DeviceSpec merged = *this;
  if (job.empty()) merged.job = outer.job;
  if (!replica) merged.replica = outer.replica;
  if (!task) merged.task = outer.task;
  if (type.empty()) merged.type = outer.type;
  if (!index) merged.index = outer.index;
  return merged;
}

}  // namespace reflow::graph
