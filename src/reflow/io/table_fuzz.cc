// Reads hostile tables: the bytes as a file, and, because checksums keep mutations out there, as a block and as the
// compressed index of a file with the right ones.

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "reflow/io/crc32c.h"
#include "reflow/io/table.h"
#include "reflow/io/table_format.h"
#include "reflow/io/varint.h"

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

void read_table(std::string_view bytes) {
  const int fd = ::memfd_create("table", 0);
  if (fd < 0 || ::write(fd, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) std::abort();
  if (const auto table = Table::open("/proc/self/fd/" + std::to_string(fd)); table.ok()) {
    TableCursor cursor(*table);
    walk(cursor, "");
  }
  ::close(fd);
}

std::string with_index(std::string_view index) {
  std::string table(index);
  table += kSnappy;
  append_fixed32(table, mask_crc(crc32c(table)));
  std::string footer;
  for (const uint64_t number : {uint64_t{0}, uint64_t{0}, uint64_t{0}, uint64_t{index.size()}}) append_varint(footer, number);
  footer.resize(kFooterBytes - sizeof kTableMagic);
  append_fixed64(footer, kTableMagic);
  return table + footer;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string_view target = bytes.substr(0, size % 5);
  read_table(bytes);
  read_table(with_index(bytes));
  if (const auto block = Block::parse(std::string(bytes), 0); block.ok()) {
    BlockCursor cursor(*block);
    walk(cursor, "");
    (void)cursor.seek(target);
  }
  return 0;
}
