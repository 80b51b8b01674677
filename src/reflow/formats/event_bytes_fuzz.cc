// Reads hostile Events and Summaries.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "reflow/formats/event_bytes.h"
#include "reflow/formats/summary_bytes.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace reflow::formats;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  EventView event;
  if (read_event(bytes, &event)) each_summary_value(event.content, [](const SummaryValueView& v) { (void)without_metadata(v.bytes); });
  each_summary_value(bytes, [](const SummaryValueView& v) { (void)without_metadata(v.bytes); });
  return 0;
}
