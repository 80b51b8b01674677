#pragma once

// tf.strings. What other headers have in namespace reflow by the names of this module.

#include "reflow/client/string_ops.h"

namespace reflow::strings {

using reflow::as_string;
using reflow::reduce_join;
using reflow::regex_replace;
using reflow::substr;

inline Output join(const TensorList& inputs, const StringJoinOptions& options = {}) {
  return reflow::string_join(inputs, options);
}
inline Output strip(const TensorLike& input, const NameOptions& options = {}) {
  return reflow::string_strip(input, options);
}
inline Output to_hash_bucket(const TensorLike& string_tensor, int64_t num_buckets, const NameOptions& options = {}) {
  return reflow::string_to_hash_bucket(string_tensor, num_buckets, options);
}
inline Output to_hash_bucket_fast(const TensorLike& input, int64_t num_buckets, const NameOptions& options = {}) {
  return reflow::string_to_hash_bucket_fast(input, num_buckets, options);
}
inline Output to_hash_bucket_strong(const TensorLike& input, int64_t num_buckets, const std::vector<int64_t>& key,
                                    const NameOptions& options = {}) {
  return reflow::string_to_hash_bucket_strong(input, num_buckets, key, options);
}
inline Output to_number(const TensorLike& string_tensor, const StringToNumberOptions& options = {}) {
  return reflow::string_to_number(string_tensor, options);
}

}  // namespace reflow::strings
