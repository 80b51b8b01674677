// Strings split into tokens: a sparse matrix with one row of tokens for each string.

#include <absl/strings/ascii.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

using Tokens = std::vector<std::string_view>;

// Puts the tokens of all strings into the outputs indices, values and shape.
Status put_tokens(KernelContext& c, const std::vector<Tokens>& rows) {
  int64_t num_tokens = 0, longest = 0;
  for (const Tokens& row : rows) {
    num_tokens += static_cast<int64_t>(row.size());
    longest = std::max(longest, static_cast<int64_t>(row.size()));
  }
  RETURN_IF_ERROR(c.allocate_output(0, Shape{num_tokens, 2}));
  RETURN_IF_ERROR(c.allocate_output(1, Shape{num_tokens}));
  RETURN_IF_ERROR(c.allocate_output(2, Shape{2}));
  int64_t* indices = c.output(0).data<int64_t>();
  std::string* values = c.output(1).data<std::string>();
  for (size_t r = 0; r < rows.size(); ++r) {
    for (size_t k = 0; k < rows[r].size(); ++k) {
      *indices++ = static_cast<int64_t>(r);
      *indices++ = static_cast<int64_t>(k);
      values->assign(rows[r][k].data(), rows[r][k].size());
      ++values;
    }
  }
  int64_t* shape = c.output(2).data<int64_t>();
  shape[0] = static_cast<int64_t>(rows.size());
  shape[1] = longest;
  return OkStatus();
}

// At every character that is one of `delimiters`; without any, into bytes.
Tokens split_at_any(std::string_view text, std::string_view delimiters, bool skip_empty) {
  Tokens tokens;
  if (text.empty()) return tokens;
  if (delimiters.empty()) {
    for (size_t i = 0; i < text.size(); ++i) tokens.push_back(text.substr(i, 1));
    return tokens;
  }
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find_first_of(delimiters, begin), text.size());
    if (end > begin || !skip_empty) tokens.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return tokens;
}

class StringSplit : public Kernel {
 public:
  explicit StringSplit(KernelInit& c) : skip_empty_(c.attr<bool>("skip_empty")) {}
  Status compute(KernelContext& c) override {
    const Tensor &in = c.input(0), &delimiter = c.input(1);
    if (in.rank() != 1) return invalid_argument("input must be a vector, got shape: {}", in.shape().str());
    if (delimiter.rank() != 0) {
      return invalid_argument("delimiter must be a scalar, got shape: {}", delimiter.shape().str());
    }
    std::vector<Tokens> rows;
    for (const std::string& s : in.flat<std::string>()) {
      rows.push_back(split_at_any(s, delimiter.item<std::string>(), skip_empty_));
    }
    return put_tokens(c, rows);
  }

 private:
  bool skip_empty_;
};

// At `separator`, or, where that is empty, at white space; at most `max_splits` times unless negative. The last token is
// all the rest.
Tokens split_at(std::string_view text, std::string_view separator, int64_t max_splits) {
  if (max_splits == 0) return {text};
  Tokens tokens;
  const auto reached = [&] { return max_splits > 0 && static_cast<int64_t>(tokens.size()) == max_splits; };
  if (separator.empty()) {
    const auto is_space = [](char ch) { return absl::ascii_isspace(static_cast<unsigned char>(ch)); };
    const auto skip_space = [&] {
      while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    };
    for (skip_space(); !text.empty(); skip_space()) {
      const size_t n = static_cast<size_t>(std::find_if(text.begin(), text.end(), is_space) - text.begin());
      tokens.push_back(text.substr(0, n));
      text.remove_prefix(n);
      if (!reached()) continue;
      skip_space();
      tokens.push_back(text);
      break;
    }
    return tokens;
  }
  while (!reached()) {
    const size_t n = text.find(separator);
    if (n == text.npos) break;
    tokens.push_back(text.substr(0, n));
    text.remove_prefix(n + separator.size());
  }
  tokens.push_back(text);
  return tokens;
}

class StringSplitV2 : public Kernel {
 public:
  explicit StringSplitV2(KernelInit& c) : max_splits_(c.attr<int64_t>("maxsplit")) {}
  Status compute(KernelContext& c) override {
    const Tensor &in = c.input(0), &separator = c.input(1);
    if (in.rank() != 1) return invalid_argument("input must be a vector, got shape: {}", in.shape().str());
    if (separator.rank() != 0) return invalid_argument("sep must be a scalar, got shape: {}", separator.shape().str());
    std::vector<Tokens> rows;
    for (const std::string& s : in.flat<std::string>()) {
      rows.push_back(split_at(s, separator.item<std::string>(), max_splits_));
    }
    return put_tokens(c, rows);
  }

 private:
  int64_t max_splits_;
};

Status split_shape(ShapeContext& c) {
  if (c.concrete()) return unknown_shape(c);
  Shape input, delimiter;
  RETURN_IF_ERROR(c.with_rank(c.input(0), 1, &input));
  RETURN_IF_ERROR(c.with_rank(c.input(1), 0, &delimiter));
  c.set_output(0, Shape{Shape::kUnknown, 2});
  c.set_output(1, Shape{Shape::kUnknown});
  c.set_output(2, Shape{2});
  return OkStatus();
}

REFLOW_OP("StringSplit")
    .input("input: string")
    .input("delimiter: string")
    .output("indices: int64")
    .output("values: string")
    .output("shape: int64")
    .attr("skip_empty: bool = true")
    .doc("The tokens of each string of the vector `input`, as a sparse matrix: what lies between characters of `delimiter`, "
         "without empty ones if `skip_empty`. An empty delimiter gives single bytes.")
    .shape(split_shape)
    .kernel<StringSplit>(kCpu)
    .not_differentiable();

REFLOW_OP("StringSplitV2")
    .input("input: string")
    .input("sep: string")
    .output("indices: int64")
    .output("values: string")
    .output("shape: int64")
    .attr("maxsplit: int = -1")
    .doc("The tokens of each string of the vector `input`, as a sparse matrix: as Python's str.split(sep, maxsplit) gives "
         "them; an empty `sep` stands for white space.")
    .shape(split_shape)
    .kernel<StringSplitV2>(kCpu);

}  // namespace
}  // namespace reflow::ops
