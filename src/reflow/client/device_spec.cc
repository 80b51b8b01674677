#include "reflow/client/device_spec.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <vector>

#include "reflow/client/errors.h"

namespace reflow {
namespace {

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == separator) parts.emplace_back();
    else parts.back() += c;
  }
  return parts;
}

int number(const std::string& text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw ValueError("invalid literal for int() with base 10: '" + text + "'");
  }
  return value;
}

std::string upper_case(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

}  // namespace

DeviceSpec DeviceSpec::from_string(const std::string& spec) {
  DeviceSpec device;
  for (const std::string& part : split(spec, '/')) {
    const std::vector<std::string> words = split(part, ':');
    const std::string kind = upper_case(words[0]);
    const auto set_type = [&](const std::string& type) {
      if (!device.device_type.empty()) throw ValueError("Cannot specify multiple device types: " + spec);
      device.device_type = type;
    };
    if (words.size() == 2 && words[0] == "job") {
      device.job = words[1];
    } else if (words.size() == 2 && words[0] == "replica") {
      device.replica = number(words[1]);
    } else if (words.size() == 2 && words[0] == "task") {
      device.task = number(words[1]);
    } else if ((words.size() == 1 || words.size() == 2) && (kind == "GPU" || kind == "CPU")) {
      set_type(kind);
      if (words.size() == 2 && words[1] != "*") device.device_index = number(words[1]);
    } else if (words.size() == 3 && words[0] == "device") {
      set_type(words[1]);
      if (words[2] != "*") device.device_index = number(words[2]);
    } else if (!words[0].empty()) {
      throw ValueError("Unknown attribute: '" + words[0] + "' in '" + spec + "'");
    }
  }
  return device;
}

std::string DeviceSpec::to_string() const {
  std::string text;
  if (!job.empty()) text += "/job:" + job;
  if (replica) text += "/replica:" + std::to_string(*replica);
  if (task) text += "/task:" + std::to_string(*task);
  if (!device_type.empty()) text += "/device:" + device_type + ":" + (device_index ? std::to_string(*device_index) : "*");
  return text;
}

void DeviceSpec::merge_from(const DeviceSpec& dev) {
  if (!dev.job.empty()) job = dev.job;
  if (dev.replica) replica = dev.replica;
  if (dev.task) task = dev.task;
  if (!dev.device_type.empty()) device_type = dev.device_type;
  if (dev.device_index) device_index = dev.device_index;
}

}  // namespace reflow
