// Reads hostile LMDB databases: the bytes as a file, with the marks of a database where it would have them, so that
// mutations reach the tree.

#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "reflow/io/file.h"
#include "reflow/io/lmdb.h"

namespace {

constexpr size_t kPageBytes = 256;

void put(std::string* bytes, size_t at, uint64_t value, size_t size) {
  for (size_t i = 0; i < size && at + i < bytes->size(); ++i) (*bytes)[at + i] = static_cast<char>(value >> (8 * i));
}

void make_meta_page(std::string* bytes, size_t at) {
  put(bytes, at + 10, 8, 2);             // what kind of page it is
  put(bytes, at + 16, 0xBEEFC0DE, 4);    // magic number
  put(bytes, at + 20, 1, 4);             // version
  put(bytes, at + 40, kPageBytes, 4);
  put(bytes, at + 92, 0, 2);             // flags
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace reflow::io;
  static const std::string path = "/tmp/reflow_fuzz_" + std::to_string(::getpid()) + ".mdb";
  if (size == 0) return 0;
  std::string bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] % 8 != 0) {
    for (const size_t page : {size_t{0}, kPageBytes}) make_meta_page(&bytes, page);
  }
  if (!write_file(path, bytes).ok()) std::abort();
  auto reader = LmdbReader::open(path);
  if (!reader.ok()) return 0;
  std::string_view key, value;
  uint64_t sum = 0;
  for (int i = 0; i < 1000; ++i) {
    const auto more = reader->next(&key, &value);
    if (!more.ok() || !*more) break;
    for (const char byte : key) sum += static_cast<unsigned char>(byte);
    for (const char byte : value) sum += static_cast<unsigned char>(byte);
  }
  if (sum == ~uint64_t{0}) std::abort();  // so that all of it is read
  return 0;
}
