#include "reflow/client/string_ops.h"

#include <fmt/format.h>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/math_ops.h"
#include "reflow/client/operators.h"
#include "reflow/client/scopes.h"

namespace reflow {

using client::apply_op;
using client::convert;
using client::make_op;

Output as_string(const TensorLike& input, const AsStringOptions& options) {
  return apply_op("AsString", options.name, {input},
                  {{"precision", options.precision},
                   {"scientific", options.scientific},
                   {"shortest", options.shortest},
                   {"width", options.width},
                   {"fill", options.fill}});
}

Output string_strip(const TensorLike& input, const NameOptions& options) {
  return apply_op("StringStrip", options.name, {input});
}

Output string_join(const TensorList& inputs, const StringJoinOptions& options) {
  return apply_op("StringJoin", options.name, {TensorLike(inputs)}, {{"separator", options.separator}});
}

Output string_to_hash_bucket_fast(const TensorLike& input, int64_t num_buckets, const NameOptions& options) {
  return apply_op("StringToHashBucketFast", options.name, {input}, {{"num_buckets", num_buckets}});
}

Output string_to_hash_bucket_strong(const TensorLike& input, int64_t num_buckets, const std::vector<int64_t>& key,
                                    const NameOptions& options) {
  return apply_op("StringToHashBucketStrong", options.name, {input}, {{"num_buckets", num_buckets}, {"key", key}});
}

Output string_to_hash_bucket(const TensorLike& string_tensor, int64_t num_buckets, const NameOptions& options) {
  return apply_op("StringToHashBucket", options.name, {string_tensor}, {{"num_buckets", num_buckets}});
}

Output string_to_number(const TensorLike& string_tensor, const StringToNumberOptions& options) {
  return apply_op("StringToNumber", options.name, {string_tensor}, {{"out_type", options.out_type}});
}

Output substr(const TensorLike& input, const TensorLike& pos, const TensorLike& len, const UnitOptions& options) {
  return apply_op("Substr", options.name, {input, pos, len}, {{"unit", options.unit}});
}

namespace {

// What a splitting op gives, of which rank and size are known.
SparseTensor pieces(graph::Node* node) {
  const Output indices(node, 0), values(node, 1), shape(node, 2);
  indices.set_shape({-1, 2});
  values.set_shape({-1});
  shape.set_shape({2});
  return SparseTensor(indices, values, shape);
}

// The text where `value` is one; null: it is a tensor or something else.
const std::string* text_of(const TensorLike& value) { return std::get_if<std::string>(&value.value()); }

}  // namespace

SparseTensor string_split(const TensorLike& source, const TensorLike& sep, const StringSplitOptions& options) {
  const name_scope scope(options.name, "StringSplit");
  const Output delimiter = convert(sep, string, "");
  const Output strings = convert(source, string, "");
  return pieces(make_op("StringSplit", "", {strings, delimiter}, {{"skip_empty", options.skip_empty}}));
}

Output reduce_join(const TensorLike& inputs, const ReduceJoinOptions& options) {
  const name_scope scope("", "ReduceJoin");
  const Output values = convert(inputs, DType::kInvalid, "");
  TensorLike axis = options.axis;
  if (axis.is_none() && values.shape().known_rank()) {
    std::vector<int32_t> axes;
    for (int i = values.shape().rank() - 1; i >= 0; --i) axes.push_back(i);
    axis = convert(axes, int32, "");
  } else if (axis.is_none()) {
    const Output last = rank(values) - 1;
    axis = range(last, -1, -1);
  }
  return apply_op("ReduceJoin", options.name, {values, axis},
                  {{"keep_dims", options.keepdims}, {"separator", options.separator}});
}

Output regex_replace(const TensorLike& input, const TensorLike& pattern, const TensorLike& rewrite,
                     const RegexReplaceOptions& options) {
  const std::string *known_pattern = text_of(pattern), *known_rewrite = text_of(rewrite);
  if (known_pattern && known_rewrite) {
    return apply_op(
        "StaticRegexReplace", options.name, {input},
        {{"pattern", *known_pattern}, {"rewrite", *known_rewrite}, {"replace_global", options.replace_global}});
  }
  return apply_op("RegexReplace", options.name, {input, pattern, rewrite},
                  {{"replace_global", options.replace_global}});
}

}  // namespace reflow

namespace reflow::strings {

using client::apply_op;
using client::convert;
using client::make_op;

Output lower(const TensorLike& input, const LowerOptions& options) {
  return apply_op("StringLower", options.name, {input}, {{"encoding", options.encoding}});
}

Output upper(const TensorLike& input, const UpperOptions& options) {
  return apply_op("StringUpper", options.name, {input}, {{"encoding", options.encoding}});
}

Output unicode_script(const TensorLike& input, const NameOptions& options) {
  return apply_op("UnicodeScript", options.name, {input});
}

Output unicode_transcode(const TensorLike& input, const std::string& input_encoding, const std::string& output_encoding,
                         const UnicodeTranscodeOptions& options) {
  return apply_op("UnicodeTranscode", options.name, {input},
                  {{"input_encoding", input_encoding},
                   {"output_encoding", output_encoding},
                   {"errors", options.errors},
                   {"replacement_char", options.replacement_char},
                   {"replace_control_characters", options.replace_control_characters}});
}

Output unsorted_segment_join(const TensorLike& inputs, const TensorLike& segment_ids, const TensorLike& num_segments,
                             const UnsortedSegmentJoinOptions& options) {
  return apply_op("UnsortedSegmentJoin", options.name, {inputs, segment_ids, num_segments},
                  {{"separator", options.separator}});
}

Output regex_full_match(const TensorLike& input, const TensorLike& pattern, const NameOptions& options) {
  if (const std::string* known = text_of(pattern)) {
    return apply_op("StaticRegexFullMatch", options.name, {input}, {{"pattern", *known}});
  }
  return apply_op("RegexFullMatch", options.name, {input, pattern});
}

Output length(const TensorLike& input, const UnitOptions& options) {
  return apply_op("StringLength", options.name, {input}, {{"unit", options.unit}});
}

Output format(const std::string& template_, const TensorList& inputs, const FormatOptions& options) {
  size_t count = 0;
  for (size_t at = template_.find(options.placeholder); at != std::string::npos && !options.placeholder.empty();
       at = template_.find(options.placeholder, at + options.placeholder.size())) {
    ++count;
  }
  if (count != inputs.size()) {
    throw ValueError(fmt::format("{} placeholder(s) in template does not match {} tensor(s) provided as input", count,
                                 inputs.size()));
  }
  return apply_op("StringFormat", options.name, {TensorLike(inputs)},
                  {{"template", template_}, {"placeholder", options.placeholder}, {"summarize", options.summarize}});
}

SparseTensor split(const TensorLike& input, const SplitStringsOptions& options) {
  const name_scope scope(options.name, "StringSplit");
  const Output strings = convert(input, string, "input");
  if (strings.shape().known_rank() && strings.shape().rank() != 1) {
    throw ValueError("strings::split needs a vector of strings");
  }
  const Output sep = convert(options.sep.is_none() ? TensorLike("") : options.sep, string, "");
  const Output source = convert(strings, string, "");
  return pieces(make_op("StringSplitV2", "", {source, sep}, {{"maxsplit", options.maxsplit}}));
}

}  // namespace reflow::strings
