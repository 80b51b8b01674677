#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace reflow::io {

// Integers in files: seven bits a byte, the lowest first, the highest bit of all bytes but the last set.
void append_varint(std::string& to, uint64_t value);
// Takes one from the front of `from`. False, nothing taken: it isn't whole, or is longer than 64 bits.
bool take_varint(std::string_view& from, uint64_t* value);

// Integers of a fixed size, little-endian.
void append_fixed32(std::string& to, uint32_t value);
void append_fixed64(std::string& to, uint64_t value);
uint32_t fixed32_at(const char* p);
uint64_t fixed64_at(const char* p);

}  // namespace reflow::io
