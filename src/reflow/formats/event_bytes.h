#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace reflow::formats {

// Which field of an Event message holds its content (docs/formats/events.md).
enum class EventField : uint32_t {
  kFileVersion = 3, kGraphDef = 4, kSummary = 5, kLogMessage = 6, kSessionLog = 7, kTaggedRunMetadata = 8, kMetaGraphDef = 9,
};

// The bytes of an Event with `content`, the bytes of that message (or the text).
std::string event_bytes(double wall_time, int64_t step, EventField field, std::string_view content);

// What an Event file begins with.
inline constexpr std::string_view kEventFileVersion = "brain.Event:2";

// The bytes of a TaggedRunMetadata.
std::string tagged_run_metadata(std::string_view tag, std::string_view run_metadata);

// A serialized Event.
struct EventView {
  double wall_time = 0;
  int64_t step = 0;
  std::optional<EventField> field;  // none: it has no content that is known
  std::string_view content;
};
// False: the bytes aren't an Event.
bool read_event(std::string_view bytes, EventView* event);

}  // namespace reflow::formats
