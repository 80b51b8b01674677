#include "reflow/io/record_format.h"

#include <cstdint>
#include <cstring>

#include "reflow/io/crc32c.h"

namespace reflow::io {

RecordFrame::RecordFrame(std::string_view record) {
  const uint64_t length = record.size();
  std::memcpy(header, &length, sizeof length);
  const uint32_t length_crc = mask_crc(crc32c({header, sizeof length})), crc = mask_crc(crc32c(record));
  std::memcpy(header + sizeof length, &length_crc, sizeof length_crc);
  std::memcpy(footer, &crc, sizeof crc);
}

void append_record(std::string_view record, std::string* out) {
  const RecordFrame frame(record);
  out->append(frame.header, sizeof frame.header).append(record).append(frame.footer, sizeof frame.footer);
}

}  // namespace reflow::io
