#include "reflow/formats/event_bytes.h"

#include "reflow/formats/wire_reader.h"
#include "reflow/formats/wire_writer.h"

namespace reflow::formats {

std::string event_bytes(double wall_time, int64_t step, EventField field, std::string_view content) {
  std::string bytes;
  bytes.reserve(content.size() + 32);
  WireWriter writer(&bytes);
  writer.float64(1, wall_time);
  writer.number(2, step);
  writer.message(static_cast<uint32_t>(field), content);
  return bytes;
}

std::string tagged_run_metadata(std::string_view tag, std::string_view run_metadata) {
  std::string bytes;
  WireWriter writer(&bytes);
  writer.text(1, tag);
  writer.text(2, run_metadata);
  return bytes;
}

bool read_event(std::string_view bytes, EventView* event) {
  *event = {};
  WireReader reader(bytes);
  uint32_t tag;
  uint64_t step = 0;
  while (!reader.done()) {
    if (!reader.tag(&tag)) return false;
    const uint32_t field = tag >> 3;
    bool ok;
    if (tag == (1 << 3 | 1)) {
      ok = reader.fixed(&event->wall_time);
    } else if (tag == (2 << 3 | 0)) {
      ok = reader.varint(&step);
      event->step = static_cast<int64_t>(step);
    } else if ((tag & 7) == 2 && field >= 3 && field <= 9) {
      event->field = static_cast<EventField>(field);
      ok = reader.bytes(&event->content);
    } else {
      ok = reader.skip(tag);
    }
    if (!ok) return false;
  }
  return true;
}

}  // namespace reflow::formats
