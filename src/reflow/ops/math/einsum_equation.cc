#include "reflow/ops/math/einsum_equation.h"

#include <algorithm>
#include <map>

namespace reflow::ops {

using namespace ::reflow::op;

namespace {

StatusOr<EinsumEquation::Subscripts> parse_subscripts(const std::string& text) {
  EinsumEquation::Subscripts result;
  const auto periods = std::ranges::count(text, '.');
  const size_t at = text.find("...");
  if (periods != 0 && (periods != 3 || at == std::string::npos)) {
    return invalid_argument("Expected at most one ellipsis (...), but found {} periods (.) in the input subscript: {}", periods,
                            text);
  }
  result.labels = text;
  if (periods == 3) {
    result.labels.erase(at, 3);
    result.ellipsis = static_cast<int>(at);
  }
  return result;
}

std::vector<std::string> split(const std::string& text, const std::string& separator) {
  std::vector<std::string> parts;
  size_t begin = 0;
  for (size_t end; (end = text.find(separator, begin)) != std::string::npos; begin = end + separator.size()) {
    parts.push_back(text.substr(begin, end - begin));
  }
  parts.push_back(text.substr(begin));
  return parts;
}

}  // namespace

StatusOr<EinsumEquation> EinsumEquation::parse(const std::string& text) {
  const std::vector<std::string> sides = split(text, "->");
  if (sides.size() != 2) return invalid_argument("Expecting exactly one '->' in einsum equation: {}", text);
  const std::vector<std::string> parts = split(sides[0], ",");
  if (parts.size() > 2) {
    return invalid_argument("Expecting 1 or 2 input subscripts in equation '{}' but got: {}", text, parts.size());
  }
  EinsumEquation equation;
  for (const std::string& part : parts) {
    ASSIGN_OR_RETURN(Subscripts input, parse_subscripts(part));
    equation.inputs.push_back(std::move(input));
  }
  ASSIGN_OR_RETURN(equation.output, parse_subscripts(sides[1]));
  for (const char label : equation.output.labels) {
    const bool known = std::ranges::any_of(equation.inputs, [&](const Subscripts& s) { return s.labels.find(label) != std::string::npos; });
    if (!known) {
      return invalid_argument("Einsum output subscripts for equation '{}' has label '{}' which is not present in the input subscripts",
                              text, label);
    }
  }
  return equation;
}

std::vector<int> dimension_labels(const EinsumEquation::Subscripts& subscripts, int ellipsis_rank) {
  std::vector<int> labels;
  const auto put_ellipsis = [&] {
    for (int i = ellipsis_rank - 1; i >= 0; --i) labels.push_back(kEllipsis + i);
  };
  for (int i = 0; i < static_cast<int>(subscripts.labels.size()); ++i) {
    if (i == subscripts.ellipsis) put_ellipsis();
    labels.push_back(static_cast<unsigned char>(subscripts.labels[i]));
  }
  if (subscripts.ellipsis == static_cast<int>(subscripts.labels.size())) put_ellipsis();
  return labels;
}

namespace {

// The errors of the kernel, which come before all others where shapes are known.
Status check_concrete(ShapeContext& c, const EinsumEquation& equation) {
  std::map<int, int64_t> sizes;
  int broadcast_rank = 0;
  for (int i = 0; i < c.num_inputs(); ++i) {
    const EinsumEquation::Subscripts& s = equation.inputs[i];
    const Shape& x = c.input(i);
    const int num_labels = static_cast<int>(s.labels.size());
    if (!s.has_ellipsis() && x.rank() != num_labels) {
      return invalid_argument("Expected input {} to have rank {} but got: {}", i, num_labels, x.rank());
    }
    if (x.rank() < num_labels) {
      return invalid_argument("Expected input {} to have rank at least {} but got: {}", i, num_labels, x.rank());
    }
    broadcast_rank = std::max(broadcast_rank, x.rank() - num_labels);
    const std::vector<int> labels = dimension_labels(s, x.rank() - num_labels);
    for (int d = 0; d < x.rank(); ++d) {
      if (labels[d] >= kEllipsis) continue;
      const auto [known, is_new] = sizes.emplace(labels[d], x.dim(d));
      if (is_new || known->second == x.dim(d)) continue;
      return invalid_argument("Expected dimension {} at axis {} of the input shaped {} but got dimension {}", known->second, d, x.str(),
                              x.dim(d));
    }
  }
  if (broadcast_rank > 0 && !equation.output.has_ellipsis()) {
    return invalid_argument("Output contains {} broadcasting dimension(s) but no ellipsis (...) was found in the output subscripts.",
                            broadcast_rank);
  }
  return OkStatus();
}

// The dimensions of x that its ellipsis stands for.
Shape ellipsis_dims(const EinsumEquation::Subscripts& s, const Shape& x) {
  if (!s.has_ellipsis()) return Shape{};
  if (!x.known_rank()) return Shape::unknown();
  return x.sub_shape(s.ellipsis, s.ellipsis + x.rank() - static_cast<int>(s.labels.size()));
}

// Shapes by NumPy's rules; what is unknown of one is known where the other says it is more than 1.
Status broadcast(ShapeContext& c, const Shape& a, const Shape& b, Shape* out) {
  if (!a.known_rank() || !b.known_rank()) {
    *out = Shape::unknown();
    return OkStatus();
  }
  return broadcast_shapes(c, a, b, out);
}

}  // namespace

Status einsum_shape(ShapeContext& c) {
  ASSIGN_OR_RETURN(const std::string text, c.attr<std::string>("equation"));
  ASSIGN_OR_RETURN(const EinsumEquation equation, EinsumEquation::parse(text));
  if (static_cast<int>(equation.inputs.size()) != c.num_inputs()) {
    return invalid_argument("Expected {} inputs for equation {} but got: {}", equation.inputs.size(), text, c.num_inputs());
  }
  if (c.concrete()) RETURN_IF_ERROR(check_concrete(c, equation));
  std::map<char, int64_t> sizes;
  Shape broadcasting;
  for (int i = 0; i < c.num_inputs(); ++i) {
    const EinsumEquation::Subscripts& s = equation.inputs[i];
    const int num_labels = static_cast<int>(s.labels.size());
    Shape x;
    const Status fits = s.has_ellipsis() ? c.with_rank_at_least(c.input(i), num_labels, &x) : c.with_rank(c.input(i), num_labels, &x);
    if (!fits.ok()) return append_message(fits, fmt::format("\n\t for {}th input and equation: {}", i, text));
    const int ellipsis_rank = x.known_rank() ? x.rank() - num_labels : 0;
    for (int j = 0; j < num_labels; ++j) {
      int64_t size = Shape::kUnknown;
      if (x.known_rank()) size = x.dim(s.has_ellipsis() && j >= s.ellipsis ? j + ellipsis_rank : j);
      int64_t& known = sizes.emplace(s.labels[j], Shape::kUnknown).first->second;
      RETURN_IF_ERROR(c.merge_dim(known, size, &known));
    }
    const Shape dims = ellipsis_dims(s, x);
    const Status broadcasts = i == 0 ? OkStatus() : broadcast(c, broadcasting, dims, &broadcasting);
    if (!broadcasts.ok() && c.concrete()) return invalid_argument("Invalid broadcasting dimensions: {} vs. {}", broadcasting.str(), dims.str());
    if (!broadcasts.ok()) return broadcasts;
    if (i == 0) broadcasting = dims;
  }
  const EinsumEquation::Subscripts& s = equation.output;
  if (s.has_ellipsis() && !broadcasting.known_rank()) return unknown_shape(c);
  if (!s.has_ellipsis()) {
    Shape none;
    const Status fits = c.with_rank_at_most(broadcasting, 0, &none);
    if (!fits.ok()) {
      return append_message(fits, fmt::format("\n\t for einsum equation '{}' without ellipsis (...) in the output subscripts where "
                                              "input(s) have non-empty broadcasting shape", text));
    }
  }
  Shape out;
  for (int j = 0; j <= static_cast<int>(s.labels.size()); ++j) {
    if (j == s.ellipsis) {
      for (const int64_t d : broadcasting.dims()) out.add_dim(d);
    }
    if (j < static_cast<int>(s.labels.size())) out.add_dim(sizes.at(s.labels[j]));
  }
  c.set_output(0, std::move(out));
  return OkStatus();
}

}  // namespace reflow::ops
