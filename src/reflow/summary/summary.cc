#include "reflow/summary/summary.h"

#include <fmt/core.h>

#include <cctype>

#include "reflow/base/logging.h"
#include "reflow/client/apply_op.h"
#include "reflow/client/collections.h"
#include "reflow/client/dtypes.h"
#include "reflow/client/errors.h"
#include "reflow/client/python_text.h"
#include "reflow/client/scopes.h"
#include "reflow/formats/wire_writer.h"

namespace reflow::summary {
namespace {

using client::apply_op;

std::string clean(const std::string& name) {
  std::string tag = clean_tag(name);
  if (tag != name) log_info("Summary name {} is illegal; using {} instead.", name, tag);
  return tag;
}

// The name scope of a summary, and the tag that follows from it.
class SummaryScope {
 public:
  SummaryScope(const std::string& name, const std::string& family)
      : family_(family.empty() ? "" : clean(family)), scope_(base(clean(name))) {}
  const std::string& name() const { return scope_.name(); }
  std::string tag() const {
    std::string tag = scope_.name();
    while (!tag.empty() && tag.back() == '/') tag.pop_back();
    return family_.empty() ? tag : family_ + "/" + tag;
  }

 private:
  std::string base(const std::string& name) const { return family_.empty() ? name : family_ + "/" + name; }
  std::string family_;
  name_scope scope_;
};

Output collected(const Output& summary, const Collections& collections) {
  add_to_collections(collections.value_or(std::vector<std::string>{GraphKeys::SUMMARIES}), summary);
  return summary;
}

}  // namespace

std::string clean_tag(const std::string& name) {
  std::string clean;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    const bool kept = std::isalnum(byte) || byte >= 0x80 || c == '-' || c == '/' || c == '_' || c == '.';
    if (c == '/' && clean.empty()) continue;
    clean += kept ? c : '_';
  }
  return clean;
}

Output scalar(const std::string& name, const TensorLike& tensor, const SummaryOptions& options) {
  const SummaryScope scope(name, options.family);
  return collected(apply_op("ScalarSummary", scope.name(), {scope.tag(), tensor}), options.collections);
}

Output histogram(const std::string& name, const TensorLike& values, const SummaryOptions& options) {
  const SummaryScope scope(name, options.family);
  return collected(apply_op("HistogramSummary", scope.name(), {scope.tag(), values}), options.collections);
}

Output image(const std::string& name, const TensorLike& tensor, const ImageOptions& options) {
  const SummaryScope scope(name, options.family);
  return collected(apply_op("ImageSummary", scope.name(), {scope.tag(), tensor}, {{"max_images", options.max_outputs}}),
                   options.collections);
}

Output audio(const std::string& name, const TensorLike& tensor, const TensorLike& sample_rate, const ImageOptions& options) {
  const SummaryScope scope(name, options.family);
  const Output rate = client::convert(sample_rate, DType::kFloat32, "sample_rate");
  return collected(apply_op("AudioSummaryV2", scope.name(), {scope.tag(), tensor, rate}, {{"max_outputs", options.max_outputs}}),
                   options.collections);
}

Output text(const std::string& name, const TensorLike& tensor, const TextOptions& options) {
  const Output value = client::convert(tensor, DType::kInvalid, "Const");
  if (base_type(value.dtype()) != DType::kString) {
    throw ValueError(fmt::format("Expected tensor {} to have dtype string, got {}", value.name(),
                                 client::python_dtype(value.dtype())));
  }
  std::string plugin, metadata;
  formats::WireWriter(&plugin).text(1, "text");      // plugin_name
  formats::WireWriter(&metadata).message(1, plugin);  // plugin_data
  return tensor_summary(name, value, {.summary_metadata = metadata, .collections = options.collections});
}

Output tensor_summary(const std::string& name, const TensorLike& tensor, const TensorOptions& options) {
  const SummaryScope scope(name, options.family);
  return collected(apply_op("TensorSummaryV2", scope.name(), {scope.tag(), tensor, options.summary_metadata}),
                   options.collections);
}

Output merge(const TensorList& inputs, const MergeOptions& options) {
  const std::string name = options.name.empty() ? "" : clean(options.name);
  const name_scope scope(name, "Merge");
  // The op stands below the scope, and is called as it is: Merge/MergeSummary, or name/name.
  const Output merged(client::make_op("MergeSummary", name, {TensorLike(std::vector<TensorLike>(inputs))}), 0);
  return collected(merged, options.collections.value_or(std::vector<std::string>{}));
}

std::optional<Output> merge_all(std::string_view key, std::string_view scope, const std::string& name) {
  const std::vector<Output> summaries = get_collection(key, scope);
  if (summaries.empty()) return std::nullopt;
  return merge(TensorList(summaries), {.name = name});
}

}  // namespace reflow::summary
