#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace reflow::formats {

// Strings and integers written so that the bytes of several, one after the other, sort as the values do: the keys of
// slices in checkpoints (docs/formats/checkpoint.md).

// The bytes with 0 as 0 255 and 255 as 255 0, ended by 0 1.
void append_ordered_string(std::string& to, std::string_view value);
// The number of bytes, and the bytes, the highest first; no zeros in front.
void append_ordered_unsigned(std::string& to, uint64_t value);
// Two's complement, the highest byte first, with a prefix of ones (of zeros below 0) that says how many bytes follow.
void append_ordered_signed(std::string& to, int64_t value);

// Each takes a value from the front of `from`; false where there is none.
bool take_ordered_string(std::string_view& from, std::string* value);
bool take_ordered_unsigned(std::string_view& from, uint64_t* value);
bool take_ordered_signed(std::string_view& from, int64_t* value);

}  // namespace reflow::formats
