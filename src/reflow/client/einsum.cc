#include <absl/strings/ascii.h>

#include <algorithm>
#include <map>
#include <set>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/contraction_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/indexing.h"
#include "reflow/client/math_ops.h"
#include "reflow/client/operators.h"
#include "reflow/client/reduction_ops.h"
#include "reflow/client/scopes.h"
#include "reflow/client/status_errors.h"

namespace reflow {
namespace {

// The axes of inputs and output, one letter each.
struct Subscripts {
  std::vector<std::string> inputs;
  std::string output;
};

bool has(const std::string& labels, char label) { return labels.find(label) != std::string::npos; }

std::vector<std::string> split_at_commas(const std::string& text) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == ',') parts.emplace_back();
    else parts.back() += c;
  }
  return parts;
}

// "..." becomes the last letters that the inputs don't have, of those from a to z and then A to Z, as many as the inputs have
// further axes. Axes are sorted by their letters, so it is by these that operations are those of TensorFlow.
void resolve_ellipsis(Subscripts* subscripts, const std::vector<Output>& inputs, const std::string& equation) {
  std::string used;
  for (const std::string& labels : subscripts->inputs) used += labels;
  std::string free_letters;
  for (const char c : std::string("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")) {
    if (!has(used, c)) free_letters += c;
  }
  std::vector<int> counts(inputs.size(), 0);
  for (size_t i = 0; i < inputs.size(); ++i) {
    const std::string& labels = subscripts->inputs[i];
    if (labels.find("...") == std::string::npos) continue;
    const int rank = inputs[i].shape().rank();
    if (rank < 0) throw ValueError("Unable to statically infer ellipsis axes.");
    counts[i] = rank - static_cast<int>(labels.size()) + 3;
    if (counts[i] < 0 || counts[i] > static_cast<int>(free_letters.size())) {
      throw ValueError("Too many dimensions or too few: " + equation);
    }
  }
  const std::string ellipsis_labels = free_letters.substr(free_letters.size() - *std::ranges::max_element(counts));
  for (size_t i = 0; i < inputs.size(); ++i) {
    // Aligned at their ends, as shapes are in broadcasting.
    std::string& labels = subscripts->inputs[i];
    const size_t at = labels.find("...");
    if (at != std::string::npos) labels.replace(at, 3, ellipsis_labels.substr(ellipsis_labels.size() - counts[i]));
  }
  if (const size_t at = subscripts->output.find("..."); at != std::string::npos) {
    subscripts->output.replace(at, 3, ellipsis_labels);
  }
}

Subscripts parse(const std::string& equation, const std::vector<Output>& inputs) {
  std::string text;
  for (const char c : equation) {
    if (c != ' ') text += c;
  }
  const size_t arrow = text.find("->");
  const std::string left = text.substr(0, arrow);
  Subscripts subscripts{split_at_commas(left), arrow == std::string::npos ? "" : text.substr(arrow + 2)};
  const auto is_allowed = [](char c) { return absl::ascii_isalpha(static_cast<unsigned char>(c)) || c == '.'; };
  const auto is_label = [&](char c) { return is_allowed(c) || c == ','; };
  if (left.empty() || !std::ranges::all_of(left, is_label) || !std::ranges::all_of(subscripts.output, is_allowed)) {
    throw ValueError("Indices have incorrect format: " + equation);
  }
  if (subscripts.inputs.size() != inputs.size()) {
    throw ValueError(fmt::format("Got {} arguments for equation \"{}\", expecting {}", inputs.size(), equation,
                                 subscripts.inputs.size()));
  }
  const bool has_ellipsis = left.find("...") != std::string::npos;
  std::string in_front;
  if (has_ellipsis && arrow == std::string::npos) subscripts.output = "...";
  if (has_ellipsis) resolve_ellipsis(&subscripts, inputs, equation);
  if (arrow == std::string::npos) {
    in_front = subscripts.output;
    std::map<char, int> counts;
    for (const std::string& labels : subscripts.inputs) {
      for (const char c : labels) ++counts[c];
    }
    for (const auto& [label, count] : counts) {
      if (count == 1 && !has(in_front, label)) subscripts.output += label;
    }
  }
  if (text.find('.') != std::string::npos && !has_ellipsis) {
    throw ValueError("Indices have incorrect format: " + equation);
  }
  return subscripts;
}

Output transposed(const Output& x, const std::vector<int>& perm) {
  return std::ranges::is_sorted(perm) ? x : transpose(x, perm);
}

// A dimension: known, or a tensor.
TensorLike times(const TensorLike& a, const TensorLike& b) {
  const auto* x = std::get_if<int64_t>(&a.value());
  const auto* y = std::get_if<int64_t>(&b.value());
  return x && y ? TensorLike(*x * *y) : TensorLike(client::binary_operator("Mul", "mul", a, b));
}

TensorList dims_of(const Output& x) {
  TensorList dims;
  Output tensor;
  for (const int64_t d : x.shape()) {
    if (d >= 0) {
      dims.push_back(d);
      continue;
    }
    if (!tensor.valid()) tensor = shape(x);
    dims.push_back(Output());
  }
  for (int i = 0; i < x.shape().rank(); ++i) {
    if (x.shape().dim(i) < 0) dims[i] = tensor[i];
  }
  return dims;
}

TensorLike product_of(const TensorList& dims, size_t begin, size_t end) {
  TensorLike product = 1;
  for (size_t i = begin; i < end; ++i) product = times(product, dims[i]);
  return product;
}

Output reshaped(const Output& x, const TensorList& dims) {
  bool same = static_cast<int>(dims.size()) == x.shape().rank();
  for (size_t i = 0; i < dims.size() && same; ++i) {
    const auto* known = std::get_if<int64_t>(&dims[i].value());
    same = known && *known == x.shape().dim(static_cast<int>(i));
  }
  return same ? x : reshape(x, TensorLike(dims));
}

// A tensor with a letter for each axis.
struct Labelled {
  Output tensor;
  std::string labels;
};

void check_rank(const Labelled& x, const char* name) {
  const int rank = x.tensor.shape().rank();
  if (rank < 0) throw ValueError("einsum needs tensors of known rank");
  if (rank != static_cast<int>(x.labels.size())) {
    throw ValueError(fmt::format("Tensor {} of rank {} does not match einsum reduction of length {}", name, rank,
                                 x.labels.size()));
  }
}

// `x` with its axes in the order of `key`.
template <typename Key>
Labelled sorted_axes(const Labelled& x, Key key) {
  std::string order = x.labels;
  std::ranges::stable_sort(order, {}, [&](char a) { return std::pair(key(a), a); });
  std::vector<int> perm;
  for (const char a : order) perm.push_back(static_cast<int>(x.labels.find(a)));
  return {transposed(x.tensor, perm), order};
}

// The sum of products over the axes `summed`, which both have.
Labelled contract(const Labelled& left, const Labelled& right, const std::set<char>& summed) {
  check_rank(left, "t0");
  check_rank(right, "t1");
  const auto is_summed = [&](char a) { return summed.contains(a); };
  const auto is_kept = [&](char a) { return has(left.labels, a) && has(right.labels, a) && !is_summed(a); };
  const Labelled a = sorted_axes(left, [&](char l) { return is_kept(l) ? -1 : is_summed(l) ? 1 : 0; });
  const Labelled b = sorted_axes(right, [&](char l) { return is_kept(l) ? -1 : is_summed(l) ? 0 : 1; });
  const auto kept = static_cast<size_t>(std::ranges::count_if(a.labels, is_kept));
  const size_t free_a = a.labels.size() - kept - summed.size(), free_b = b.labels.size() - kept - summed.size();
  if (summed.empty()) {
    Output x = a.tensor, y = b.tensor;
    for (size_t i = 0; i < free_b; ++i) x = expand_dims(x, -1);
    for (size_t i = 0; i < free_a; ++i) y = expand_dims(y, static_cast<int64_t>(kept));
    return {multiply(x, y), a.labels + b.labels.substr(kept)};
  }
  const TensorList a_dims = dims_of(a.tensor);
  const TensorLike a_free = product_of(a_dims, kept, kept + free_a);
  const TensorLike sum_size = product_of(a_dims, kept + free_a, a_dims.size());
  TensorList matrix(a_dims.begin(), a_dims.begin() + static_cast<int>(kept));
  matrix.push_back(a_free);
  matrix.push_back(sum_size);
  const Output x = reshaped(a.tensor, matrix);
  const TensorList b_dims = dims_of(b.tensor);
  matrix.assign(b_dims.begin(), b_dims.begin() + static_cast<int>(kept));
  matrix.push_back(sum_size);
  matrix.push_back(product_of(b_dims, kept + summed.size(), b_dims.size()));
  const Output y = reshaped(b.tensor, matrix);
  TensorList result(a_dims.begin(), a_dims.begin() + static_cast<int>(kept + free_a));
  result.insert(result.end(), b_dims.end() - static_cast<int>(free_b), b_dims.end());
  return {reshaped(matmul(x, y), result), a.labels.substr(0, kept + free_a) + b.labels.substr(b.labels.size() - free_b)};
}

}  // namespace

Output einsum(const std::string& equation, const TensorList& inputs_like, const NameOptions& options) {
  const name_scope scope(options.name, "einsum");
  std::vector<Output> inputs;
  for (const TensorLike& input : inputs_like) inputs.push_back(client::convert(input, DType::kInvalid, ""));
  const Subscripts subscripts = parse(equation, inputs);
  for (const std::string& labels : subscripts.inputs) {
    for (const char a : labels) {
      if (std::ranges::count(labels, a) < 2) continue;
      if (inputs.size() == 1 && labels.size() == 2 && equation.find("->") == std::string::npos) return trace(inputs[0]);
      throw ValueError("Subscript not supported: an axis appears more than once: " + labels);
    }
  }
  Labelled result{inputs[0], subscripts.inputs[0]};
  for (size_t i = 1; i < inputs.size(); ++i) {
    std::set<char> summed;
    for (const char a : result.labels) {
      bool later = false;  // an axis that a further input has too is summed with that
      for (size_t j = i + 1; j < inputs.size(); ++j) later = later || has(subscripts.inputs[j], a);
      if (has(subscripts.inputs[i], a) && !has(subscripts.output, a) && !later) summed.insert(a);
    }
    result = contract(result, {inputs[i], subscripts.inputs[i]}, summed);
  }
  check_rank(result, "t0");
  std::vector<int> missing;
  std::string left;
  for (size_t i = 0; i < result.labels.size(); ++i) {
    if (has(subscripts.output, result.labels[i])) left += result.labels[i];
    else missing.push_back(static_cast<int>(i));
  }
  if (!missing.empty()) result = {reduce_sum(result.tensor, missing), left};
  std::string have = result.labels, want = subscripts.output;
  std::ranges::sort(have);
  std::ranges::sort(want);
  if (have != want) throw ValueError("Invalid equation: " + equation);
  std::vector<int> perm;
  for (const char a : subscripts.output) perm.push_back(static_cast<int>(result.labels.find(a)));
  return transposed(result.tensor, perm);
}

}  // namespace reflow
