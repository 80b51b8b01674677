// Texts as sequences of Unicode code points, from and to encodings.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "reflow/op/indices.h"
#include "reflow/op/op.h"
#include "reflow/ops/string/unicode.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

// What becomes of bytes that are no character.
struct ErrorPolicy {
  explicit ErrorPolicy(KernelInit& c)
      : is_strict(c.attr<std::string>("errors") == "strict"),
        ignores(c.attr<std::string>("errors") == "ignore"),
        replacement(static_cast<uint32_t>(c.attr<int64_t>("replacement_char"))),
        replaces_control(c.attr_or("replace_control_characters", false)) {
    const auto code = c.attr<int64_t>("replacement_char");
    if (code < 0 || code > kMaxCodePoint) c.fail(invalid_argument("replacement_char out of unicode codepoint range"));
  }
  bool is_wrong(const DecodedChar& ch) const { return !ch.is_valid || (replaces_control && ch.code < 0x20); }
  bool is_strict, ignores;
  uint32_t replacement;
  bool replaces_control;
};

Status bad_format() { return invalid_argument("Invalid formatting on input string"); }

std::unique_ptr<TextDecoder> make_decoder(KernelInit& c) {
  auto decoder = TextDecoder::create(c.attr<std::string>("input_encoding"));
  if (decoder.ok()) return *std::move(decoder);
  c.fail(decoder.status());
  return nullptr;
}

class UnicodeTranscode : public Kernel {
 public:
  explicit UnicodeTranscode(KernelInit& c)
      : decoder_(make_decoder(c)), policy_(c), append_(append_char_fn(c.attr<std::string>("output_encoding"))) {}

  Status compute(KernelContext& c) override {
    const std::string* in = c.input(0).data<std::string>();
    std::string* out = c.output(0).data<std::string>();
    for (int64_t i = 0; i < c.input(0).num_elements(); ++i) {
      std::string text;
      bool any_wrong = false;
      decoder_->decode(in[i], [&](const DecodedChar& ch) {
        const bool wrong = policy_.is_wrong(ch);
        any_wrong |= wrong;
        if (!wrong) {
          append_(ch.code, &text);
        } else if (!policy_.ignores) {
          append_(policy_.replacement, &text);
        }
      });
      if (any_wrong && policy_.is_strict) return bad_format();
      out[i] = std::move(text);
    }
    return OkStatus();
  }

 private:
  std::unique_ptr<TextDecoder> decoder_;
  ErrorPolicy policy_;
  AppendCharFn append_;
};

// Outputs: where each string's characters begin in the second, the characters of all, and the bytes at which they begin.
class UnicodeDecode : public Kernel {
 public:
  explicit UnicodeDecode(KernelInit& c) : decoder_(make_decoder(c)), policy_(c) {}

  Status compute(KernelContext& c) override {
    const Tensor& in = c.input(0);
    std::vector<int32_t> codes;
    std::vector<int64_t> starts;
    RETURN_IF_ERROR(c.allocate_output(0, Shape{in.num_elements() + 1}));
    put_int(c.output(0), 0, 0);
    int64_t row = 0;
    for (const std::string& text : in.flat<std::string>()) {
      int64_t at = 0;
      bool malformed = false;
      decoder_->decode(text, [&](const DecodedChar& ch) {
        const int64_t start = at;
        at += ch.size_bytes;
        malformed |= !ch.is_valid;
        const bool wrong = policy_.is_wrong(ch);
        if (wrong && policy_.ignores) return;
        codes.push_back(static_cast<int32_t>(wrong ? policy_.replacement : ch.code));
        starts.push_back(start);
      });
      if (malformed && policy_.is_strict) return bad_format();
      put_int(c.output(0), ++row, static_cast<int64_t>(codes.size()));
    }
    const Shape shape{static_cast<int64_t>(codes.size())};
    RETURN_IF_ERROR(c.allocate_output(1, shape));
    std::copy(codes.begin(), codes.end(), c.output(1).data<int32_t>());
    if (c.num_outputs() < 3) return OkStatus();
    RETURN_IF_ERROR(c.allocate_output(2, shape));
    std::copy(starts.begin(), starts.end(), c.output(2).data<int64_t>());
    return OkStatus();
  }

 private:
  std::unique_ptr<TextDecoder> decoder_;
  ErrorPolicy policy_;
};

class UnicodeEncode : public Kernel {
 public:
  explicit UnicodeEncode(KernelInit& c)
      : policy_(c), append_(append_char_fn(c.attr<std::string>("output_encoding"))) {}

  Status compute(KernelContext& c) override {
    const Tensor& values = c.input(0);
    if (values.rank() != 1 || c.input(1).rank() != 1 || c.input(1).num_elements() < 1) {
      return invalid_argument("Values and splits must be vectors, and there must be a split: got shapes {} and {}",
                              values.shape().str(), c.input(1).shape().str());
    }
    const IndexReader splits(c.input(1));
    RETURN_IF_ERROR(c.allocate_output(0, Shape{splits.size() - 1}));
    std::string* out = c.output(0).data<std::string>();
    const int32_t* codes = values.data<int32_t>();
    for (int64_t i = 0, at = 0; i + 1 < splits.size(); ++i) {
      const int64_t end = splits[i + 1];
      if (end > values.num_elements()) {
        return invalid_argument("Split {} is beyond the {} values", end, values.num_elements());
      }
      std::string text;
      for (; at < end; ++at) {
        auto code = static_cast<uint32_t>(codes[at]);
        if (code > kMaxCodePoint) {
          if (policy_.is_strict) return invalid_argument("Code point value out of valid Unicode range.");
          if (policy_.ignores) continue;
          code = policy_.replacement;
        }
        append_(code, &text);
      }
      out[i] = std::move(text);
    }
    return OkStatus();
  }

 private:
  ErrorPolicy policy_;
  AppendCharFn append_;
};

Status decode_shape(ShapeContext& c) {
  if (c.concrete()) return unknown_shape(c);
  int64_t splits;
  RETURN_IF_ERROR(add_dims(c.input(0).num_elements(), 1, &splits));
  c.set_output(0, Shape{splits});
  for (int i = 1; i < c.num_outputs(); ++i) c.set_output(i, Shape{Shape::kUnknown});
  return OkStatus();
}

Status encode_shape(ShapeContext& c) {
  if (c.concrete()) return unknown_shape(c);
  Shape values, splits;
  RETURN_IF_ERROR(c.with_rank(c.input(0), 1, &values));
  RETURN_IF_ERROR(c.with_rank(c.input(1), 1, &splits));
  int64_t rows;
  RETURN_IF_ERROR(subtract_dims(splits.dim(0), 1, &rows));
  c.set_output(0, Shape{rows});
  return OkStatus();
}

REFLOW_OP("UnicodeTranscode")
    .input("input: string")
    .output("output: string")
    .attr("input_encoding: string")
    .attr("output_encoding: {'UTF-8', 'UTF-16-BE', 'UTF-32-BE'}")
    .attr("errors: {'strict', 'replace', 'ignore'} = 'replace'")
    .attr("replacement_char: int = 65533")
    .attr("replace_control_characters: bool = false")
    .doc("Each string, in `input_encoding`, written in `output_encoding`. `errors` tells what becomes of bytes that are no "
         "character: an error, `replacement_char`, or nothing.")
    .shape(unchanged_shape)
    .kernel<UnicodeTranscode>(kCpu);

REFLOW_OP("UnicodeDecode")
    .input("input: string")
    .output("row_splits: Tsplits")
    .output("char_values: int32")
    .attr("input_encoding: string")
    .attr("errors: {'strict', 'replace', 'ignore'} = 'replace'")
    .attr("replacement_char: int = 65533")
    .attr("replace_control_characters: bool = false")
    .attr("Tsplits: {int32, int64} = DT_INT64")
    .doc("The code points of each string, in `input_encoding`: `char_values` of all strings, where those of string i go from "
         "`row_splits[i]` to `row_splits[i + 1]`.")
    .shape(decode_shape)
    .kernel<UnicodeDecode>(kCpu);

REFLOW_OP("UnicodeDecodeWithOffsets")
    .input("input: string")
    .output("row_splits: Tsplits")
    .output("char_values: int32")
    .output("char_to_byte_starts: int64")
    .attr("input_encoding: string")
    .attr("errors: {'strict', 'replace', 'ignore'} = 'replace'")
    .attr("replacement_char: int = 65533")
    .attr("replace_control_characters: bool = false")
    .attr("Tsplits: {int32, int64} = DT_INT64")
    .doc("UnicodeDecode, and for each code point the byte of its string at which it begins.")
    .shape(decode_shape)
    .kernel<UnicodeDecode>(kCpu);

REFLOW_OP("UnicodeEncode")
    .input("input_values: int32")
    .input("input_splits: Tsplits")
    .output("output: string")
    .attr("errors: {'ignore', 'replace', 'strict'} = 'replace'")
    .attr("output_encoding: {'UTF-8', 'UTF-16-BE', 'UTF-32-BE'}")
    .attr("replacement_char: int = 65533")
    .attr("Tsplits: {int32, int64} = DT_INT64")
    .doc("Strings in `output_encoding` of the code points from `input_splits[i]` to `input_splits[i + 1]`.")
    .shape(encode_shape)
    .kernel<UnicodeEncode>(kCpu);

}  // namespace
}  // namespace reflow::ops
