#include "reflow/summary/seen_metadata.h"

#include <utility>

#include "reflow/formats/summary_bytes.h"

namespace reflow::summary {

StatusOr<std::string> without_seen_metadata(std::string_view summary, TagSet* seen) {
  formats::SummaryBytes kept;
  bool changed = false;
  const bool ok = formats::each_summary_value(summary, [&](const formats::SummaryValueView& value) {
    if (!value.has_metadata || seen->emplace(value.tag).second) return kept.add_value(value.bytes);
    changed = true;
    kept.add_value(formats::without_metadata(value.bytes));
  });
  if (!ok) return invalid_argument("{} bytes are no Summary", summary.size());
  return changed ? std::move(kept).bytes() : std::string(summary);
}

}  // namespace reflow::summary
