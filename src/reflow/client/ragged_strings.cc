#include "reflow/client/ragged_strings.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/indexing.h"
#include "reflow/client/scopes.h"

namespace reflow::strings {

using client::apply_op;
using client::make_op;

namespace {

int known_rank(const TensorOrRagged& input, const char* message) {
  const int rank = input.shape().rank();
  if (rank < 0) throw ValueError(message);
  return rank;
}

// `input`, of rank 2 or more, with rows of its own in all dimensions.
RaggedTensor all_ragged(const TensorOrRagged& input, int rank) {
  if (!input.is_ragged()) return RaggedTensor::from_tensor(input.tensor(), {.ragged_rank = rank - 1});
  const RaggedTensor& ragged = input.ragged();
  if (ragged.ragged_rank() == rank - 1) return ragged;
  return ragged.with_flat_values(
      RaggedTensor::from_tensor(ragged.flat_values(), {.ragged_rank = rank - ragged.ragged_rank() - 1}));
}

// The code points of strings, and their offsets where `with_offsets`.
std::vector<TensorOrRagged> decoded(const TensorOrRagged& given, const std::string& encoding,
                                    const UnicodeDecodeOptions& options, bool with_offsets) {
  TensorOrRagged input = given.converted("input", DType::kString);
  const int rank = known_rank(input, "Rank of `input` must be statically known.");
  if (rank > 1) input = all_ragged(input, rank);
  const Output flat = reshape(input.is_ragged() ? input.ragged().flat_values() : input.tensor(), {-1});
  graph::Node* node = make_op(with_offsets ? "UnicodeDecodeWithOffsets" : "UnicodeDecode", "", {flat},
                              {{"input_encoding", encoding},
                               {"errors", options.errors},
                               {"replacement_char", options.replacement_char},
                               {"replace_control_characters", options.replace_control_characters}});
  std::vector<TensorOrRagged> results;
  for (int i = 1; i <= (with_offsets ? 2 : 1); ++i) {
    const Output values(node, i);
    if (rank == 0) {
      results.emplace_back(values);
      continue;
    }
    const RaggedTensor rows = RaggedTensor::from_row_splits(values, Output(node, 0), {.validate = false});
    results.emplace_back(rank > 1 ? input.ragged().with_flat_values(rows) : rows);
  }
  return results;
}

// Each code point as a string.
TensorOrRagged characters(const TensorOrRagged& points, const std::string& encoding, const UnicodeSplitOptions& options) {
  const Output flat = points.is_ragged() ? points.ragged().flat_values() : points.tensor();
  const TensorOrRagged strings = unicode_encode(
      expand_dims(flat, -1), encoding, {.errors = options.errors, .replacement_char = options.replacement_char, .name = {}});
  return points.is_ragged() ? TensorOrRagged(points.ragged().with_flat_values(strings)) : strings;
}

UnicodeDecodeOptions for_splitting(const UnicodeSplitOptions& options) {
  return {.errors = options.errors, .replacement_char = options.replacement_char, .replace_control_characters = false, .name = {}};
}

}  // namespace

TensorOrRagged bytes_split(const TensorOrRagged& given, const NameOptions& options) {
  const name_scope scope(options.name, "StringsByteSplit");
  const TensorOrRagged input = given.converted("input", DType::kString);
  if (input.is_ragged()) return input.ragged().with_flat_values(bytes_split(input.ragged().flat_values()));
  const int rank = known_rank(input, "input must have a statically-known rank.");
  if (rank == 0) return bytes_split(stack({input.tensor()})).ragged().values();
  if (rank > 1) return bytes_split(RaggedTensor::from_tensor(input.tensor()));
  graph::Node* node = make_op("StringSplit", "", {input.tensor(), ""}, {{"skip_empty", false}});
  const Output rows = Output(node, 0)[{Slice(), 0}];
  return RaggedTensor::from_value_rowids(Output(node, 1), rows, {.nrows = Output(node, 2)[0], .validate = false});
}

TensorOrRagged unicode_encode(const TensorOrRagged& input, const std::string& output_encoding,
                              const UnicodeEncodeOptions& options) {
  const name_scope scope(options.name, "UnicodeEncode");
  UnicodeEncodeOptions rest = options;
  rest.name.clear();
  const TensorOrRagged points = input.converted("input");
  const int rank = known_rank(points, "Rank of input_tensor must be statically known.");
  if (points.is_ragged()) {
    const RaggedTensor& ragged = points.ragged();
    if (ragged.flat_values().shape().rank() > 1) {
      return ragged.with_flat_values(unicode_encode(ragged.flat_values(), output_encoding, rest));
    }
    if (ragged.ragged_rank() > 1) return ragged.with_values(unicode_encode(ragged.values(), output_encoding, rest));
    return apply_op("UnicodeEncode", "", {ragged.flat_values(), ragged.row_splits()},
                    {{"output_encoding", output_encoding},
                     {"errors", options.errors},
                     {"replacement_char", options.replacement_char}});
  }
  const Output tensor = points.tensor();
  if (rank == 0) throw ValueError("input_tensor's rank must be at least 1.");
  if (rank == 2) return unicode_encode(RaggedTensor::from_tensor(tensor), output_encoding, rest);
  if (rank > 2) {
    const Output last = shape(tensor)[-1];
    const Output flat = reshape(tensor, stack({-1, last}));
    const Output strings = unicode_encode(flat, output_encoding, rest).tensor();
    return reshape(strings, shape(tensor)[Slice({}, -1)]);
  }
  const Output splits = stack({0, shape(tensor, {.out_type = DType::kInt32})[0]});
  const RaggedTensor row = RaggedTensor::from_row_splits(tensor, splits, {.validate = false});
  return reshape(unicode_encode(row, output_encoding, rest).tensor(), Shape{});
}

TensorOrRagged unicode_decode(const TensorOrRagged& input, const std::string& input_encoding,
                              const UnicodeDecodeOptions& options) {
  const name_scope scope(options.name, "UnicodeDecode");
  return decoded(input, input_encoding, options, false)[0];
}

DecodedWithOffsets unicode_decode_with_offsets(const TensorOrRagged& input, const std::string& input_encoding,
                                               const UnicodeDecodeOptions& options) {
  const name_scope scope(options.name, "UnicodeDecodeWithOffsets");
  const std::vector<TensorOrRagged> both = decoded(input, input_encoding, options, true);
  return {both[0], both[1]};
}

TensorOrRagged unicode_split(const TensorOrRagged& input, const std::string& input_encoding,
                             const UnicodeSplitOptions& options) {
  const name_scope scope(options.name, "UnicodeSplit");
  const TensorOrRagged points = decoded(input, input_encoding, for_splitting(options), false)[0];
  return characters(points, input_encoding, options);
}

DecodedWithOffsets unicode_split_with_offsets(const TensorOrRagged& input, const std::string& input_encoding,
                                              const UnicodeSplitOptions& options) {
  const name_scope scope(options.name, "UnicodeSplitWithOffsets");
  const std::vector<TensorOrRagged> both = decoded(input, input_encoding, for_splitting(options), true);
  return {characters(both[0], input_encoding, options), both[1]};
}

TensorOrRagged ngrams(const TensorOrRagged& given, const std::vector<int64_t>& ngram_width, const NgramsOptions& options) {
  const name_scope scope(options.name, "StringNGrams");
  if (options.padding_width && *options.padding_width < 1) throw ValueError("padding_width must be greater than 0.");
  if (options.padding_width && !options.pad_values) throw ValueError("pad_values must be provided if padding_width is set.");
  for (const int64_t width : ngram_width) {
    if (width < 1) throw ValueError(fmt::format("All ngram_widths must be greater than 0. Got {}", ngram_width));
  }
  NgramsOptions rest = options;
  rest.name.clear();
  TensorOrRagged data = given.converted("data", DType::kString);
  Output dense_shape;
  if (!data.is_ragged()) {
    const Output tensor = data.tensor();
    const int rank = known_rank(data, "Rank of data must be known.");
    if (rank == 0) throw ValueError("Data must have rank>0");
    if (rank == 1) {
      const RaggedTensor row = RaggedTensor::from_row_starts(tensor, std::vector<int64_t>{0}, {.validate = false});
      return ngrams(row, ngram_width, rest).ragged().values();
    }
    dense_shape = concat({shape(tensor)[Slice({}, -1)], {-1}}, 0);
    data = RaggedTensor::from_tensor(tensor, {.ragged_rank = rank - 1});
  }
  const RaggedTensor& rows = data.ragged();
  if (rows.ragged_rank() > 1) {
    const RaggedTensor output = rows.with_values(ngrams(rows.values(), ngram_width, rest));
    return dense_shape.valid() ? TensorOrRagged(reshape(output.flat_values(), dense_shape)) : output;
  }
  const auto [left, right] = options.pad_values.value_or(std::pair<std::string, std::string>());
  const int64_t padding = !options.pad_values ? 0 : options.padding_width.value_or(-1);
  graph::Node* node = make_op("StringNGrams", "", {rows.flat_values(), rows.row_splits()},
                              {{"separator", options.separator},
                               {"ngram_widths", ngram_width},
                               {"left_pad", left},
                               {"right_pad", right},
                               {"pad_width", padding},
                               {"preserve_short_sequences", options.preserve_short_sequences}});
  if (dense_shape.valid()) return reshape(Output(node, 0), dense_shape);
  return RaggedTensor::from_row_splits(Output(node, 0), Output(node, 1), {.validate = false});
}

}  // namespace reflow::strings
