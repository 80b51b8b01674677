#include "reflow/io/crc32c.h"

#include <array>
#include <cstddef>
#include <cstring>

#if defined(__x86_64__)
#include <nmmintrin.h>
#elif defined(__aarch64__)
#include <arm_acle.h>
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

namespace reflow::io {
namespace {

constexpr uint32_t kPolynomial = 0x82f63b78;  // bits reversed

using ByteTable = std::array<uint32_t, 256>;

// tables[k][b]: what byte b followed by k zero bytes makes of a register of zeros.
constexpr std::array<ByteTable, 8> make_tables() {
  std::array<ByteTable, 8> tables{};
  for (uint32_t b = 0; b < 256; ++b) {
    uint32_t crc = b;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) ? kPolynomial : 0);
    tables[0][b] = crc;
  }
  for (size_t k = 1; k < 8; ++k) {
    for (size_t b = 0; b < 256; ++b) tables[k][b] = (tables[k - 1][b] >> 8) ^ tables[0][tables[k - 1][b] & 0xff];
  }
  return tables;
}
constexpr std::array<ByteTable, 8> kTables = make_tables();

uint64_t load64(const char* p) {
  uint64_t v;
  std::memcpy(&v, p, 8);
  return v;
}

#if defined(__x86_64__) || defined(__aarch64__)

// Bytes of each of three streams that hide the instruction's latency: for much data, and for records of some 100 bytes.
constexpr size_t kLongStride = 1024, kShortStride = 128;

using Matrix = std::array<uint32_t, 32>;  // column i: the image of bit i

constexpr uint32_t multiply(const Matrix& m, uint32_t v) {
  uint32_t result = 0;
  for (size_t i = 0; v; ++i, v >>= 1) {
    if (v & 1) result ^= m[i];
  }
  return result;
}

using StrideTables = std::array<ByteTable, 4>;

// What `stride` zero bytes, a power of two, make of a register, by its four bytes.
constexpr StrideTables make_stride_tables(size_t stride) {
  Matrix m{};
  for (size_t i = 0; i < 32; ++i) {  // one zero byte
    const uint32_t v = uint32_t{1} << i;
    m[i] = (v >> 8) ^ kTables[0][v & 0xff];
  }
  for (size_t bytes = 1; bytes < stride; bytes *= 2) {
    Matrix squared{};
    for (size_t i = 0; i < 32; ++i) squared[i] = multiply(m, m[i]);
    m = squared;
  }
  StrideTables tables{};
  for (uint32_t k = 0; k < 4; ++k) {
    for (uint32_t b = 0; b < 256; ++b) tables[k][b] = multiply(m, b << (8 * k));
  }
  return tables;
}
constexpr StrideTables kLongStrideTables = make_stride_tables(kLongStride);
constexpr StrideTables kShortStrideTables = make_stride_tables(kShortStride);

uint32_t over_stride(const StrideTables& tables, uint32_t crc) {
  return tables[0][crc & 0xff] ^ tables[1][(crc >> 8) & 0xff] ^ tables[2][(crc >> 16) & 0xff] ^ tables[3][crc >> 24];
}

#if defined(__x86_64__)
#define REFLOW_CRC_TARGET __attribute__((target("sse4.2")))
REFLOW_CRC_TARGET inline uint32_t step8(uint32_t crc, uint64_t v) { return static_cast<uint32_t>(_mm_crc32_u64(crc, v)); }
REFLOW_CRC_TARGET inline uint32_t step1(uint32_t crc, uint8_t v) { return _mm_crc32_u8(crc, v); }
bool has_instruction() { return __builtin_cpu_supports("sse4.2"); }
#else
#define REFLOW_CRC_TARGET __attribute__((target("+crc")))
REFLOW_CRC_TARGET inline uint32_t step8(uint32_t crc, uint64_t v) { return __crc32cd(crc, v); }
REFLOW_CRC_TARGET inline uint32_t step1(uint32_t crc, uint8_t v) { return __crc32cb(crc, v); }
bool has_instruction() { return getauxval(AT_HWCAP) & HWCAP_CRC32; }
#endif

// Takes from `data` what three streams of kStride bytes can be made of, as often as that goes.
template <size_t kStride>
REFLOW_CRC_TARGET inline uint32_t extend_by_streams(const StrideTables& tables, uint32_t crc, std::string_view* data) {
  const char* p = data->data();
  size_t n = data->size();
  for (; n >= 3 * kStride; n -= 3 * kStride, p += 3 * kStride) {
    uint32_t second = 0, third = 0;
    for (size_t i = 0; i < kStride; i += 8) {
      crc = step8(crc, load64(p + i));
      second = step8(second, load64(p + kStride + i));
      third = step8(third, load64(p + 2 * kStride + i));
    }
    crc = over_stride(tables, over_stride(tables, crc) ^ second) ^ third;
  }
  *data = {p, n};
  return crc;
}

REFLOW_CRC_TARGET uint32_t extend_by_instruction(uint32_t crc, std::string_view data) {
  crc = extend_by_streams<kLongStride>(kLongStrideTables, ~crc, &data);
  crc = extend_by_streams<kShortStride>(kShortStrideTables, crc, &data);
  const char* p = data.data();
  size_t n = data.size();
  for (; n >= 8; n -= 8, p += 8) crc = step8(crc, load64(p));
  for (; n > 0; --n, ++p) crc = step1(crc, static_cast<uint8_t>(*p));
  return ~crc;
}
#undef REFLOW_CRC_TARGET

#endif

using Extend = uint32_t (*)(uint32_t, std::string_view);

Extend fastest() {
#if defined(__x86_64__) || defined(__aarch64__)
  if (has_instruction()) return extend_by_instruction;
#endif
  return crc32c_internal::extend_by_tables;
}

}  // namespace

uint32_t crc32c_internal::extend_by_tables(uint32_t crc, std::string_view data) {
  const char* p = data.data();
  size_t n = data.size();
  crc = ~crc;
  for (; n >= 8; n -= 8, p += 8) {
    const uint64_t v = load64(p) ^ crc;  // little-endian, as all of the formats
    crc = 0;
    for (size_t k = 0; k < 8; ++k) crc ^= kTables[7 - k][(v >> (8 * k)) & 0xff];
  }
  for (; n > 0; --n, ++p) crc = (crc >> 8) ^ kTables[0][(crc ^ static_cast<uint8_t>(*p)) & 0xff];
  return ~crc;
}

uint32_t crc32c_extend(uint32_t crc, std::string_view data) {
  static const Extend extend = fastest();
  return extend(crc, data);
}

uint32_t crc32c(std::string_view data) { return crc32c_extend(0, data); }

}  // namespace reflow::io
