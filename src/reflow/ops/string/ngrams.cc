// Runs of neighbouring strings.

#include <algorithm>
#include <string>
#include <vector>

#include "reflow/op/indices.h"
#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

class StringNGrams : public Kernel {
 public:
  explicit StringNGrams(KernelInit& c)
      : separator_(c.attr<std::string>("separator")),
        left_pad_(c.attr<std::string>("left_pad")),
        right_pad_(c.attr<std::string>("right_pad")),
        widths_(c.attr<std::vector<int64_t>>("ngram_widths")),
        pad_width_(c.attr<int64_t>("pad_width")),
        keeps_short_(c.attr<bool>("preserve_short_sequences")) {
    for (const int64_t width : widths_) {
      if (width < 1) c.fail(invalid_argument("ngram_widths must be positive, got {}", width));
    }
  }

  Status compute(KernelContext& c) override {
    const Tensor& data = c.input(0);
    const IndexReader splits(c.input(1));
    for (int64_t i = 0, before = 0; i < splits.size(); before = splits[i++]) {
      if (splits[i] < 0 || splits[i] > data.num_elements()) {
        return invalid_argument("Invalid split value {}, must be in [0,{}]", splits[i], data.num_elements());
      }
      if (splits[i] < before) return invalid_argument("Splits must not decrease: {} comes after {}", splits[i], before);
    }
    RETURN_IF_ERROR(c.allocate_output(1, c.input(1).shape()));
    std::vector<std::string> ngrams;
    if (splits.size() == 0) {
      ngrams.resize(static_cast<size_t>(data.num_elements()));
    } else {
      put_int(c.output(1), 0, 0);
    }
    for (int64_t i = 0; i + 1 < splits.size(); ++i) {
      RETURN_IF_ERROR(add_row({data.data<std::string>() + splits[i], static_cast<size_t>(splits[i + 1] - splits[i])}, &ngrams));
      put_int(c.output(1), i + 1, static_cast<int64_t>(ngrams.size()));
    }
    RETURN_IF_ERROR(c.allocate_output(0, Shape{static_cast<int64_t>(ngrams.size())}));
    std::move(ngrams.begin(), ngrams.end(), c.output(0).data<std::string>());
    return OkStatus();
  }

 private:
  static constexpr int64_t kMostParts = int64_t{1} << 28;  // of all n-grams of a row

  // Never more than one less than the width: no n-gram is nothing but padding.
  int64_t padding(int64_t width) const { return std::min(pad_width_ < 0 ? width - 1 : pad_width_, width - 1); }

  Status add_row(std::span<const std::string> row, std::vector<std::string>* ngrams) const {
    const auto length = static_cast<int64_t>(row.size());
    const size_t before = ngrams->size();
    for (const int64_t width : widths_) {
      const int64_t pad = padding(width);
      if (pad > INT32_MAX / 2) return invalid_argument("pad_width {} is too large", pad);
      const int64_t n = length + 2 * pad - width + 1;
      if (n > 0 && width > kMostParts / n) return resource_exhausted("{} n-grams of {} strings are too many", n, width);
      for (int64_t i = 0; i < n; ++i) ngrams->push_back(ngram(row, i - pad, width));
    }
    if (keeps_short_ && ngrams->size() == before && length > 0) {
      const int64_t pad = std::max<int64_t>(pad_width_, 0);
      if (pad > kMostParts) return resource_exhausted("pad_width {} is too large", pad);
      ngrams->push_back(ngram(row, -pad, length + 2 * pad));
    }
    return OkStatus();
  }

  std::string ngram(std::span<const std::string> row, int64_t begin, int64_t width) const {
    std::string text;
    for (int64_t i = begin; i < begin + width; ++i) {
      if (i > begin) text += separator_;
      text += i < 0 ? left_pad_ : i < static_cast<int64_t>(row.size()) ? row[i] : right_pad_;
    }
    return text;
  }

  std::string separator_, left_pad_, right_pad_;
  std::vector<int64_t> widths_;
  int64_t pad_width_;
  bool keeps_short_;
};

Status ngrams_shape(ShapeContext& c) {
  if (c.concrete()) return unknown_shape(c);
  Shape data, splits;
  RETURN_IF_ERROR(c.with_rank(c.input(0), 1, &data));
  RETURN_IF_ERROR(c.with_rank(c.input(1), 1, &splits));
  c.set_output(0, Shape{Shape::kUnknown});
  c.set_output(1, c.input(1));
  return OkStatus();
}

REFLOW_OP("StringNGrams")
    .input("data: string")
    .input("data_splits: Tsplits")
    .output("ngrams: string")
    .output("ngrams_splits: Tsplits")
    .attr("separator: string")
    .attr("ngram_widths: list(int) >= 0")
    .attr("left_pad: string")
    .attr("right_pad: string")
    .attr("pad_width: int")
    .attr("preserve_short_sequences: bool")
    .attr("Tsplits: {int32, int64} = DT_INT64")
    .doc("For each row of strings (from `data_splits[i]` to `data_splits[i + 1]`) the runs of `ngram_widths` neighbours, "
         "joined with `separator`. Rows are padded with `left_pad` and `right_pad`, `pad_width` of them or, if -1, as many "
         "as fit; rows too short for any run give themselves if `preserve_short_sequences`.")
    .shape(ngrams_shape)
    .kernel<StringNGrams>(kCpu);

}  // namespace
}  // namespace reflow::ops
