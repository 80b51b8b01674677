#include "reflow/tools/npy_file.h"

#include <charconv>
#include <cstring>
#include <regex>

#include "reflow/io/file.h"

namespace reflow::tools {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";

struct NamedType {
  std::string_view name;
  DType type;
};
constexpr NamedType kTypes[] = {{"<f4", DType::kFloat32}, {"<f8", DType::kFloat64}, {"<f2", DType::kHalf},  {"<i4", DType::kInt32},
                                {"<i8", DType::kInt64},   {"<i2", DType::kInt16},   {"|i1", DType::kInt8},  {"|u1", DType::kUint8},
                                {"<u2", DType::kUint16},  {"<u4", DType::kUint32},  {"<u8", DType::kUint64}, {"|b1", DType::kBool},
                                {"<c8", DType::kComplex64}, {"<c16", DType::kComplex128}};

struct Header {
  std::string type;
  std::vector<int64_t> dims;
};

StatusOr<Header> parse_header(const std::string& path, const std::string& text) {
  std::smatch match;
  Header header;
  if (!std::regex_search(text, match, std::regex("'descr': *'([^']*)'"))) return unimplemented("{}: a structured array", path);
  header.type = match[1];
  if (std::regex_search(text, std::regex("'fortran_order': *True"))) return unimplemented("{}: the array is in Fortran order", path);
  if (!std::regex_search(text, match, std::regex("'shape': *\\(([0-9, L]*)\\)"))) return data_loss("{}: no shape in the header", path);
  const std::string dims = match[1];
  for (const char* p = dims.data(); p < dims.data() + dims.size();) {
    int64_t dim = 0;
    const auto [end, error] = std::from_chars(p, dims.data() + dims.size(), dim);
    if (error == std::errc()) header.dims.push_back(dim);
    p = error == std::errc() ? end : p + 1;
  }
  return header;
}

// The bytes of an array of byte strings of `width`, without what fills them up.
void read_strings(const char* data, size_t width, Tensor* tensor) {
  for (int64_t i = 0; i < tensor->num_elements(); ++i) {
    std::string value(data + i * width, width);
    value.erase(value.find_last_not_of('\0') + 1);
    tensor->data<std::string>()[i] = std::move(value);
  }
}

}  // namespace

StatusOr<Tensor> read_npy(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string content, io::read_file(path));
  if (content.size() < 10 || !content.starts_with(kMagic)) return data_loss("{} is no .npy file", path);
  const bool is_long = content[6] > 1;
  const size_t start = is_long ? 12 : 10;
  size_t length = static_cast<uint8_t>(content[8]) | static_cast<uint8_t>(content[9]) << 8;
  if (is_long && content.size() >= start) {
    length |= static_cast<size_t>(static_cast<uint8_t>(content[10])) << 16 | static_cast<size_t>(static_cast<uint8_t>(content[11])) << 24;
  }
  if (content.size() < start + length) return data_loss("{} ends within its header", path);
  ASSIGN_OR_RETURN(const Header header, parse_header(path, content.substr(start, length)));
  const char* const data = content.data() + start + length;
  const size_t left = content.size() - start - length;

  size_t width = 0;
  DType type = DType::kInvalid;
  if (header.type.starts_with("|S")) {
    std::from_chars(header.type.data() + 2, header.type.data() + header.type.size(), width);
    type = DType::kString;
  }
  for (const NamedType& named : kTypes) {
    if (header.type != named.name) continue;
    type = named.type;
    width = dtype_size(type);
  }
  if (header.dims.size() > 32) return data_loss("{}: an array of rank {}", path, header.dims.size());
  if (type == DType::kInvalid) return unimplemented("{}: arrays of {} can't be read", path, header.type);
  size_t elements = 1;
  for (const int64_t dim : header.dims) {
    if (dim < 0 || (dim > 0 && elements > content.size() / static_cast<size_t>(dim) && width > 0)) return data_loss("{} is not complete", path);
    elements *= static_cast<size_t>(dim);
  }
  if (elements > content.size() || elements * width > left) return data_loss("{} is not complete", path);
  Tensor tensor(type, Shape(header.dims));
  if (type == DType::kString) read_strings(data, width, &tensor);
  else std::memcpy(tensor.raw_data(), data, elements * width);
  return tensor;
}

Status write_npy(const std::string& path, const Tensor& tensor) {
  std::string type;
  size_t width = 0;
  if (tensor.dtype() == DType::kString) {
    for (const std::string& value : tensor.flat<std::string>()) width = std::max(width, value.size());
    width = std::max<size_t>(width, 1);
    type = fmt::format("|S{}", width);
  }
  for (const NamedType& named : kTypes) {
    if (tensor.dtype() == named.type) type = named.name;
  }
  if (type.empty()) return unimplemented("{}: arrays of {} can't be written", path, dtype_name(tensor.dtype()));
  std::string dims;
  for (int i = 0; i < tensor.rank(); ++i) dims += fmt::format("{}, ", tensor.dim(i));
  if (tensor.rank() > 1) dims.resize(dims.size() - 2);
  std::string header = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}", type, dims);
  header.resize((10 + header.size() + 1 + 63) / 64 * 64 - 11, ' ');
  header += '\n';
  std::string content(kMagic);
  content += {'\x01', '\x00', static_cast<char>(header.size() & 255), static_cast<char>(header.size() >> 8)};
  content += header;
  if (tensor.dtype() == DType::kString) {
    for (std::string value : tensor.flat<std::string>()) {
      value.resize(width);
      content += value;
    }
  } else {
    content.append(static_cast<const char*>(tensor.raw_data()), static_cast<size_t>(tensor.size_bytes()));
  }
  return io::write_file(path, content);
}

}  // namespace reflow::tools
