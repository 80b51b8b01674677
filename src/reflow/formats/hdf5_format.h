#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

// The blocks of HDF5 files, version 0 of the superblock (docs/formats/hdf5.md); all numbers little-endian. Not for users.
namespace reflow::formats::hdf5 {

using namespace std::string_view_literals;

constexpr std::string_view kSignature = "\x89HDF\r\n\x1a\n"sv;
constexpr uint64_t kNoAddress = ~uint64_t{0};

constexpr size_t kSuperblockBytes = 96;
constexpr size_t kObjectPrefixBytes = 16, kMessagePrefixBytes = 8;
constexpr size_t kTreeBytes = 24;         // before keys and children
constexpr size_t kSymbolTableBytes = 8;   // before the symbols
constexpr size_t kSymbolBytes = 40;
constexpr size_t kHeapBytes = 32;         // of names, before them
constexpr size_t kCollectionBytes = 16, kHeapObjectBytes = 16;

// How many there are room for in a node, and how many symbols in a table.
constexpr size_t kMostChildren = 32, kMostSymbols = 8;

enum MessageType : uint16_t {
  kDataspace = 0x01, kLinkInfo = 0x02, kDatatype = 0x03, kFillValue = 0x05, kLink = 0x06, kLayout = 0x08, kFilters = 0x0b,
  kAttribute = 0x0c, kContinuation = 0x10, kSymbolTable = 0x11, kAttributeInfo = 0x15
};
// What a symbol is besides the name and place of an object.
enum SymbolKind : uint32_t { kPlain = 0, kGroup = 1, kSoftLink = 2 };

}  // namespace reflow::formats::hdf5
