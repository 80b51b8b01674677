// Reads hostile tables: the bytes as a file, and, because checksums keep mutations out there, as a block.

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "reflow/io/table.h"

namespace {

using namespace reflow::io;

template <typename Cursor>
void walk(Cursor& cursor, std::string_view target) {
  if (cursor.seek_to_first().ok()) {
    for (int i = 0; cursor.valid() && i < 1000; ++i) {
      if (!cursor.next().ok()) break;
    }
  }
  if (cursor.seek(target).ok() && cursor.valid() && cursor.key() < target) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string_view target = bytes.substr(0, size % 5);
  const int fd = ::memfd_create("table", 0);
  if (fd < 0 || ::write(fd, data, size) != static_cast<ssize_t>(size)) std::abort();
  if (const auto table = Table::open("/proc/self/fd/" + std::to_string(fd)); table.ok()) {
    TableCursor cursor(*table);
    walk(cursor, "");
  }
  ::close(fd);
  if (const auto block = Block::parse(std::string(bytes), 0); block.ok()) {
    BlockCursor cursor(*block);
    walk(cursor, "");
    (void)cursor.seek(target);
  }
  return 0;
}
