// Reads hostile TFRecord files, plain or compressed, and goes on behind the damage. The first byte says how.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <utility>

#include "reflow/io/record_reader.h"
#include "reflow/io/zlib_stream.h"

namespace {

class MemoryInput : public reflow::io::InputStream {
 public:
  MemoryInput(const uint8_t* data, size_t size) : data_(data), size_(size) {}
  reflow::StatusOr<size_t> read(size_t n, char* out) override {
    const size_t got = n < size_ - at_ ? n : size_ - at_;
    if (got > 0) std::memcpy(out, data_ + at_, got);
    at_ += got;
    return got;
  }
  reflow::Status rewind() override {
    at_ = 0;
    return reflow::OkStatus();
  }

 private:
  const uint8_t* data_;
  size_t size_, at_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace reflow::io;
  if (size == 0) return 0;
  std::unique_ptr<InputStream> stream = std::make_unique<MemoryInput>(data + 1, size - 1);
  if (data[0] % 3 != 0) {
    stream = std::make_unique<ZlibInput>(std::move(stream), data[0] % 3 == 1 ? Compression::kZlib : Compression::kGzip);
  }
  RecordReader reader(std::move(stream));
  for (int records = 0; records < 1000; ++records) {
    std::string_view record;
    const uint64_t before = reader.offset();
    if (reader.next(&record).ok()) {
      if (reader.offset() != before + record.size() + 16) std::abort();
    } else if (!reader.resynchronise().ok()) {
      break;
    } else if (reader.offset() <= before) {
      std::abort();
    }
  }
  return 0;
}
