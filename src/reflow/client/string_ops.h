#pragma once

// Strings, which are bytes: element by element where nothing else is said.

#include <cstdint>
#include <string>
#include <vector>

#include "reflow/client/sparse_tensor.h"
#include "reflow/client/tensor_like.h"

namespace reflow {

struct AsStringOptions {
  int64_t precision = -1;
  bool scientific = false;
  bool shortest = false;
  int64_t width = -1;
  std::string fill;
  std::string name;
};
// Numbers, bools and complex numbers as text.
Output as_string(const TensorLike& input, const AsStringOptions& options = {});
// Without white space on both sides.
Output string_strip(const TensorLike& input, const NameOptions& options = {});
struct StringJoinOptions {
  std::string separator;
  std::string name;
};
// Strings of several tensors behind each other, element by element.
Output string_join(const TensorList& inputs, const StringJoinOptions& options = {});
// Each string as a number below num_buckets: by FarmHash, or by SipHash with a key of two numbers.
Output string_to_hash_bucket_fast(const TensorLike& input, int64_t num_buckets, const NameOptions& options = {});
Output string_to_hash_bucket_strong(const TensorLike& input, int64_t num_buckets, const std::vector<int64_t>& key,
                                    const NameOptions& options = {});
Output string_to_hash_bucket(const TensorLike& string_tensor, int64_t num_buckets, const NameOptions& options = {});
struct StringToNumberOptions {
  DType out_type = float32;
  std::string name;
};
// The numbers that strings write. InvalidArgumentError in the run: "StringToNumberOp could not correctly convert ...".
Output string_to_number(const TensorLike& string_tensor, const StringToNumberOptions& options = {});

struct UnitOptions {
  std::string name;
  std::string unit = "BYTE";  // or "UTF8_CHAR"
};
// `len` bytes or characters from `pos` on, negative positions from the end.
Output substr(const TensorLike& input, const TensorLike& pos, const TensorLike& len, const UnitOptions& options = {});

struct StringSplitOptions {
  bool skip_empty = true;
  std::string name;
};
// The pieces of each string of a vector between bytes of `sep` (""): every byte by itself), a row for each string.
SparseTensor string_split(const TensorLike& source, const TensorLike& sep = " ",
                          const StringSplitOptions& options = {});

struct ReduceJoinOptions {
  TensorLike axis;  // default: all, joined from the last to the first
  bool keepdims = false;
  std::string separator;
  std::string name;
};
// The strings along dimensions behind each other.
Output reduce_join(const TensorLike& inputs, const ReduceJoinOptions& options = {});

struct RegexReplaceOptions {
  bool replace_global = true;  // false: only what matches first
  std::string name;
};
// What matches `pattern` (RE2) replaced by `rewrite`, in which \1 is the first group.
Output regex_replace(const TensorLike& input, const TensorLike& pattern, const TensorLike& rewrite,
                     const RegexReplaceOptions& options = {});

}  // namespace reflow

namespace reflow::strings {

struct LowerOptions {
  std::string encoding;
  std::string name;
};
// "utf-8" as encoding folds more than the letters of ASCII.
Output lower(const TensorLike& input, const LowerOptions& options = {});
struct UpperOptions {
  std::string encoding;
  std::string name;
};
Output upper(const TensorLike& input, const UpperOptions& options = {});
// The script of code points: numbers of ICU, -1 for what is no character.
Output unicode_script(const TensorLike& input, const NameOptions& options = {});
struct UnicodeTranscodeOptions {
  std::string errors = "replace";
  int64_t replacement_char = 65533;
  bool replace_control_characters = false;
  std::string name;
};
// Text from one encoding to another. input_encoding: any that is known; output_encoding: "UTF-8", "UTF-16-BE" or
// "UTF-32-BE".
Output unicode_transcode(const TensorLike& input, const std::string& input_encoding, const std::string& output_encoding,
                         const UnicodeTranscodeOptions& options = {});
struct UnsortedSegmentJoinOptions {
  std::string separator;
  std::string name;
};
// The strings of each segment behind each other.
Output unsorted_segment_join(const TensorLike& inputs, const TensorLike& segment_ids, const TensorLike& num_segments,
                             const UnsortedSegmentJoinOptions& options = {});
// Whether each string matches the pattern (RE2) from beginning to end.
Output regex_full_match(const TensorLike& input, const TensorLike& pattern, const NameOptions& options = {});
// The number of bytes or characters.
Output length(const TensorLike& input, const UnitOptions& options = {});

struct FormatOptions {
  std::string placeholder = "{}";
  int64_t summarize = 3;  // so many elements at both ends of each dimension; -1: all
  std::string name;
};
// `template_` with the tensors, as text, in place of the placeholders.
// ValueError: "2 placeholder(s) in template does not match 1 tensor(s) provided as input".
Output format(const std::string& template_, const TensorList& inputs, const FormatOptions& options = {});

struct SplitStringsOptions {
  TensorLike sep = "";  // "": at white space
  int64_t maxsplit = -1;
  std::string name;
};
// The pieces of each string of a vector as Python's str.split gives them, a row for each string.
SparseTensor split(const TensorLike& input, const SplitStringsOptions& options = {});

}  // namespace reflow::strings
