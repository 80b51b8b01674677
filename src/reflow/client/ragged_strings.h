#pragma once

// Strings split into pieces: rows of different lengths.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "reflow/client/ragged_tensor.h"

namespace reflow::strings {

// The bytes of strings, each a string: those of a string in a row; of a scalar a vector.
TensorOrRagged bytes_split(const TensorOrRagged& input, const NameOptions& options = {});

struct UnicodeEncodeOptions {
  std::string errors = "replace";  // what isn't a code point: or "ignore", "strict"
  int64_t replacement_char = 65533;
  std::string name;
};
// Strings of the code points in the last dimension. output_encoding: "UTF-8", "UTF-16-BE" or "UTF-32-BE".
// ValueError: the rank isn't known, or it is a scalar.
TensorOrRagged unicode_encode(const TensorOrRagged& input, const std::string& output_encoding,
                              const UnicodeEncodeOptions& options = {});

struct UnicodeDecodeOptions {
  std::string errors = "replace";
  int64_t replacement_char = 65533;
  bool replace_control_characters = false;
  std::string name;
};
struct DecodedWithOffsets {
  TensorOrRagged values, offsets;
};
// The code points of strings: those of a string in a row; of a scalar a vector. And the bytes at which they begin.
TensorOrRagged unicode_decode(const TensorOrRagged& input, const std::string& input_encoding,
                              const UnicodeDecodeOptions& options = {});
DecodedWithOffsets unicode_decode_with_offsets(const TensorOrRagged& input, const std::string& input_encoding,
                                               const UnicodeDecodeOptions& options = {});

struct UnicodeSplitOptions {
  std::string errors = "replace";
  int64_t replacement_char = 65533;
  std::string name;
};
// The characters of strings, each a string.
TensorOrRagged unicode_split(const TensorOrRagged& input, const std::string& input_encoding,
                             const UnicodeSplitOptions& options = {});
DecodedWithOffsets unicode_split_with_offsets(const TensorOrRagged& input, const std::string& input_encoding,
                                              const UnicodeSplitOptions& options = {});

struct NgramsOptions {
  std::string separator = " ";
  std::optional<std::pair<std::string, std::string>> pad_values;  // before and behind a row; unset: rows aren't padded
  std::optional<int64_t> padding_width;                           // so many at each side; default: the width less one
  bool preserve_short_sequences = false;                          // a row that is shorter than the width is one n-gram
  std::string name;
};
// `ngram_width` strings after each other in the last dimension, joined; of several widths one after the other.
// ValueError: "All ngram_widths must be greater than 0. Got ...", and for padding.
TensorOrRagged ngrams(const TensorOrRagged& data, const std::vector<int64_t>& ngram_width, const NgramsOptions& options = {});
inline TensorOrRagged ngrams(const TensorOrRagged& data, int64_t ngram_width, const NgramsOptions& options = {}) {
  return ngrams(data, std::vector<int64_t>{ngram_width}, options);
}

}  // namespace reflow::strings
