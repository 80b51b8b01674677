#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reflow/client/output.h"
#include "reflow/client/tensor_like.h"

// tf.summary: ops that give serialized Summaries, for FileWriter. They go into the collection "summaries", or into
// `collections`; with `family` tags begin with it. A name's characters other than letters, digits and -/_. become '_'.
namespace reflow::summary {

using Collections = std::optional<std::vector<std::string>>;

struct SummaryOptions {
  Collections collections;
  std::string family;
};

// A number.
Output scalar(const std::string& name, const TensorLike& tensor, const SummaryOptions& options = {});
// How the elements of a tensor are distributed.
Output histogram(const std::string& name, const TensorLike& values, const SummaryOptions& options = {});

struct ImageOptions {
  int64_t max_outputs = 3;
  Collections collections;
  std::string family;
};
// Images, [batch, height, width, channels] with 1, 3 or 4 channels: the first `max_outputs` of them.
Output image(const std::string& name, const TensorLike& tensor, const ImageOptions& options = {});
// Sounds, [batch, frames] or [batch, frames, channels], samples from -1 to 1.
Output audio(const std::string& name, const TensorLike& tensor, const TensorLike& sample_rate,
             const ImageOptions& options = {});

struct TextOptions {
  Collections collections;
};
// Text, a string tensor; TensorBoard shows Markdown. ValueError: not of type string.
Output text(const std::string& name, const TensorLike& tensor, const TextOptions& options = {});

struct TensorOptions {
  std::string summary_metadata;  // a serialized SummaryMetadata
  Collections collections;
  std::string family;
};
// Any tensor.
Output tensor_summary(const std::string& name, const TensorLike& tensor, const TensorOptions& options = {});

struct MergeOptions {
  Collections collections;  // none by default
  std::string name;
};
// One summary of several.
Output merge(const TensorList& inputs, const MergeOptions& options = {});
// One of all that are in a collection, or of those below `scope`. Nothing: there are none.
std::optional<Output> merge_all(std::string_view key = "summaries", std::string_view scope = "", const std::string& name = "");

// `name` as a summary can be called: "a b" gives "a_b".
std::string clean_tag(const std::string& name);

}  // namespace reflow::summary
