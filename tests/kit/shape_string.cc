#include "tests/kit/shape_string.h"

#include <charconv>
#include <stdexcept>

#include <fmt/format.h>

namespace reflow::testing {
namespace {

std::string_view trimmed(std::string_view s) {
  while (!s.empty() && s.front() == ' ') s.remove_prefix(1);
  while (!s.empty() && s.back() == ' ') s.remove_suffix(1);
  return s;
}

std::vector<std::string_view> split(std::string_view s, char separator) {
  std::vector<std::string_view> parts;
  if (trimmed(s).empty()) return parts;
  while (true) {
    const size_t end = s.find(separator);
    parts.push_back(trimmed(s.substr(0, end)));
    if (end == s.npos) return parts;
    s.remove_prefix(end + 1);
  }
}

int64_t number(std::string_view s) {
  int64_t value;
  const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), value);
  if (error != std::errc() || end != s.data() + s.size()) throw std::runtime_error(fmt::format("'{}' is no number", s));
  return value;
}

bool is_bracketed(std::string_view s) { return s.size() >= 2 && s.front() == '[' && s.back() == ']'; }

Shape shape_of(std::string_view text, const std::vector<ShapeLine::Input>& inputs) {
  if (text == "?") return Shape::unknown();
  if (text.starts_with("in")) return inputs.at(number(text.substr(2))).shape;
  if (!is_bracketed(text)) throw std::runtime_error(fmt::format("'{}' is no shape", text));
  Shape shape;
  for (std::string_view dim : split(text.substr(1, text.size() - 2), ',')) {
    if (dim == "?") {
      shape.add_dim(Shape::kUnknown);
    } else if (dim.starts_with('d')) {
      const size_t bar = dim.find('_');
      const Shape& of = inputs.at(number(dim.substr(1, bar - 1))).shape;
      shape.add_dim(of.dim(static_cast<int>(number(dim.substr(bar + 1)))));
    } else {
      shape.add_dim(number(dim));
    }
  }
  return shape;
}

Tensor constant_of(std::string_view text) {
  if (!is_bracketed(text)) return Tensor::scalar(static_cast<int32_t>(number(text)));
  std::vector<int32_t> values;
  for (std::string_view v : split(text.substr(1, text.size() - 2), ',')) values.push_back(static_cast<int32_t>(number(v)));
  return Tensor::from(std::span<const int32_t>(values), {static_cast<int64_t>(values.size())});
}

}  // namespace

ShapeLine parse_shape_line(std::string_view line) {
  const size_t arrow = line.find("->");
  if (arrow == line.npos) throw std::runtime_error(fmt::format("'{}' has no ->", line));
  ShapeLine result;
  for (std::string_view text : split(line.substr(0, arrow), ';')) {
    ShapeLine::Input input;
    if (text.starts_with('=')) {
      input.constant = constant_of(text.substr(1));
      input.shape = input.constant.shape();
    } else {
      input.shape = shape_of(text, {});
    }
    result.inputs.push_back(std::move(input));
  }
  const std::string_view right = trimmed(line.substr(arrow + 2));
  if (right.starts_with("error: ")) {
    result.error = right.substr(7);
  } else {
    for (std::string_view text : split(right, ';')) result.outputs.emplace_back(text);
  }
  return result;
}

Shape expected_shape(std::string_view text, const std::vector<ShapeLine::Input>& inputs) {
  return shape_of(text, inputs);
}

}  // namespace reflow::testing
