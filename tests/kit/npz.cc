#include "tests/kit/npz.h"

#include <zlib.h>

#include <algorithm>
#include <regex>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tests/kit/golden_file.h"

namespace reflow::testing {
namespace {

[[noreturn]] void fail(const std::string& message) { throw std::runtime_error(message); }

// The bytes [offset, offset + size) of `file`.
std::string_view part(std::string_view file, uint64_t offset, uint64_t size) {
  if (offset > file.size() || size > file.size() - offset) fail("array file is truncated");
  return file.substr(offset, size);
}

// The little-endian number of `size` bytes at `offset`.
uint64_t number(std::string_view file, uint64_t offset, int size) {
  const std::string_view bytes = part(file, offset, size);
  uint64_t value = 0;
  for (int i = size; i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

// The name of the type that a .npy header calls `descr`: "<f4" is float32.
std::string dtype_of(const std::string& descr) {
  if (descr.size() < 3 || descr[0] == '>') fail("array of type " + descr);
  const std::string bits = std::to_string(8 * std::stoi(descr.substr(2)));
  switch (descr[1]) {
    case 'b':
      return "bool";
    case 'f':
      return "float" + bits;
    case 'i':
      return "int" + bits;
    case 'u':
      return "uint" + bits;
    case 'c':
      return "complex" + bits;
    default:
      fail("array of type " + descr);
  }
}

std::string inflate_raw(std::string_view compressed, uint64_t size) {
  std::string out(size, '\0');
  z_stream stream = {};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) fail("zlib does not start");
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(compressed.data()));
  stream.avail_in = static_cast<uInt>(compressed.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(size);
  const int status = inflate(&stream, Z_FINISH);
  const bool complete = status == Z_STREAM_END && stream.avail_out == 0;
  inflateEnd(&stream);
  if (!complete) fail("damaged zip member");
  return out;
}

std::string decode_base64(std::string_view text) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  uint32_t buffer = 0;
  int bits = 0;
  for (char c : text) {
    const size_t digit = kDigits.find(c);
    if (digit == kDigits.npos) break;  // the padding
    buffer = buffer << 6 | static_cast<uint32_t>(digit);
    bits += 6;
    if (bits >= 8) out.push_back(static_cast<char>(buffer >> (bits -= 8)));
  }
  return out;
}

}  // namespace

int64_t Array::num_elements() const {
  int64_t n = 1;
  for (int64_t dim : shape) n *= dim;
  return n;
}

size_t Array::element_size() const { return size_of_dtype(dtype); }

size_t size_of_dtype(std::string_view dtype) {
  if (dtype == "bool") return 1;
  const size_t digits = dtype.find_first_of("123456789");
  if (digits == dtype.npos) fail(fmt::format("{} elements have no fixed size", dtype));
  return std::stoul(std::string(dtype.substr(digits))) / 8;
}

Array parse_npy(std::string_view file) {
  if (!file.starts_with("\x93NUMPY")) fail("not a .npy file");
  const int length_size = number(file, 6, 1) == 1 ? 2 : 4;
  const uint64_t header_size = number(file, 8, length_size);
  const std::string header(part(file, 8 + length_size, header_size));

  static const std::regex kHeader(R"(.*'descr': '([^']+)'.*'fortran_order': (True|False).*'shape': \(([^)]*)\).*\s*)");
  std::smatch match;
  if (!std::regex_match(header, match, kHeader)) fail("array header " + header);
  Array array{.dtype = dtype_of(match[1]), .shape = {}, .bytes = {}, .strings = {}};
  const std::string dims = match[3];
  static const std::regex kNumber("[0-9]+");
  for (std::sregex_iterator it(dims.begin(), dims.end(), kNumber), end; it != end; ++it)
    array.shape.push_back(std::stoll(it->str()));
  if (match[2] == "True" && array.shape.size() > 1) fail("array in Fortran order");
  array.bytes = part(file, 8 + length_size + header_size, array.num_elements() * array.element_size());
  return array;
}

Npz parse_npz(std::string_view file) {
  // APPNOTE.TXT of PKWARE: the end record, 22 bytes and a comment, is the last one; it leads to the directory.
  const size_t end = file.rfind("PK\5\6");
  if (end == file.npos) fail("not a .npz file");
  const uint64_t num_members = number(file, end + 10, 2);
  uint64_t entry = number(file, end + 16, 4);
  Npz arrays;
  for (uint64_t i = 0; i < num_members; ++i) {
    if (part(file, entry, 4) != "PK\1\2") fail("damaged zip directory");
    const uint64_t method = number(file, entry + 10, 2), crc = number(file, entry + 16, 4);
    const uint64_t stored_size = number(file, entry + 20, 4), size = number(file, entry + 24, 4);
    const uint64_t name_size = number(file, entry + 28, 2), local = number(file, entry + 42, 4);
    std::string name(part(file, entry + 46, name_size));
    entry += 46 + name_size + number(file, entry + 30, 2) + number(file, entry + 32, 2);

    const uint64_t data = local + 30 + number(file, local + 26, 2) + number(file, local + 28, 2);
    const std::string_view stored = part(file, data, stored_size);
    if (method != 0 && method != 8) fail(fmt::format("{}: compression method {}", name, method));
    if (size > 1032 * stored_size) fail(name + ": more than deflate can hold");
    const std::string contents = method == 0 ? std::string(stored) : inflate_raw(stored, size);
    if (crc32(0, reinterpret_cast<const Bytef*>(contents.data()), contents.size()) != crc) fail(name + ": checksum");
    if (name.ends_with(".npy")) name.resize(name.size() - 4);
    arrays[name] = parse_npy(contents);
  }
  return arrays;
}

Npz read_golden_npz(std::string_view name) { return parse_npz(read_golden(name)); }

Array referenced_array(const Npz& npz, const nlohmann::json& reference) {
  Array array{.dtype = reference.at(0), .shape = reference.at(1), .bytes = {}, .strings = {}};
  if (array.dtype == "string" || array.dtype == "string_base64") {
    for (std::string value : reference.at(2))
      array.strings.push_back(array.dtype == "string" ? value : decode_base64(value));
    array.dtype = "string";
    return array;
  }
  const auto pool = npz.find(array.dtype);
  if (pool == npz.end()) fail("no array of type " + array.dtype);
  const size_t size = array.element_size();
  if (size != pool->second.element_size()) fail("elements of another size");
  array.bytes = part(pool->second.bytes, reference.at(2).get<uint64_t>() * size, array.num_elements() * size);
  return array;
}

}  // namespace reflow::testing
