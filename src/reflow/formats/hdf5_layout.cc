#include "reflow/formats/hdf5_layout.h"

#include <algorithm>
#include <cstring>

#include "reflow/formats/hdf5_format.h"
#include "reflow/io/varint.h"

namespace reflow::formats {

using namespace hdf5;  // NOLINT: the names of the format

namespace {

constexpr size_t kLeastCollection = 4096, kMostMessage = 64512, kMostInCollection = 60000;
constexpr uint64_t kNoFreeSpace = 1;

void append_number(std::string* out, uint64_t value, size_t size) {
  for (size_t i = 0; i < size; ++i, value >>= 8) out->push_back(static_cast<char>(value));
}
void fill_up(std::string* out) { out->resize((out->size() + 7) / 8 * 8); }

std::string shape_message(const Shape& shape) {
  std::string message;
  append_number(&message, 1, 1);
  append_number(&message, static_cast<uint64_t>(shape.rank()), 1);
  append_number(&message, 0, 6);
  for (int i = 0; i < shape.rank(); ++i) append_number(&message, static_cast<uint64_t>(shape.dim(i)), 8);
  return message;
}

bool is_number(const Hdf5Value& value) {
  return value.tensor.dtype() != DType::kString && value.tensor.dtype() != DType::kBool;
}

}  // namespace

void Hdf5Layout::align() { fill_up(&out_); }

// A heap of strings, or several; the references to them go to `references`.
void Hdf5Layout::add_heap(const std::vector<const std::string*>& strings, std::string* references) {
  for (size_t begin = 0; begin < strings.size();) {
    align();
    const uint64_t address = out_.size();
    out_.append("GCOL\1\0\0\0", 8);
    append_number(&out_, 0, 8);  // its size, see below
    uint64_t number = 0;
    for (; begin < strings.size() && number < kMostInCollection && out_.size() - address < (1 << 20); ++begin) {
      const std::string& s = *strings[begin];
      append_number(&out_, ++number, 8);
      append_number(&out_, s.size(), 8);
      out_ += s;
      align();
      append_number(references, s.size(), 4);
      append_number(references, address, 8);
      append_number(references, number, 4);
    }
    const uint64_t used = out_.size() - address;
    if (used + kHeapObjectBytes <= kLeastCollection) {  // object 0 is what is free
      append_number(&out_, 0, 8);
      append_number(&out_, kLeastCollection - used, 8);
    }
    out_.resize(std::max<uint64_t>(out_.size(), address + kLeastCollection));
    const uint64_t size = out_.size() - address;
    for (size_t i = 0; i < 8; ++i) out_[address + 8 + i] = static_cast<char>(size >> (8 * i));
  }
}

std::string Hdf5Layout::encode(const Hdf5Type& type, const Hdf5Value& value) {
  std::string bytes;
  if (is_number(value)) {
    bytes.assign(static_cast<const char*>(value.tensor.raw_data()), static_cast<size_t>(value.tensor.size_bytes()));
  } else if (type.dtype == DType::kBool) {
    for (const bool b : value.tensor.flat<bool>()) bytes.push_back(b ? 1 : 0);
  } else if (type.variable) {
    std::vector<const std::string*> strings;
    for (const std::string& s : value.tensor.flat<std::string>()) strings.push_back(&s);
    add_heap(strings, &bytes);
  } else {
    for (const std::string& s : value.tensor.flat<std::string>()) {
      bytes += s;
      bytes.resize(bytes.size() + type.size - s.size());
    }
  }
  return bytes;
}

uint64_t Hdf5Layout::add_header(const std::vector<Message>& messages) {
  align();
  const uint64_t address = out_.size();
  uint64_t size = 0;
  for (const Message& message : messages) size += kMessagePrefixBytes + (message.bytes.size() + 7) / 8 * 8;
  append_number(&out_, 1, 2);
  append_number(&out_, messages.size(), 2);
  append_number(&out_, 1, 4);  // how many names it has
  append_number(&out_, size, 8);
  for (const Message& message : messages) {
    append_number(&out_, message.type, 2);
    append_number(&out_, (message.bytes.size() + 7) / 8 * 8, 2);
    append_number(&out_, 0, 4);
    out_ += message.bytes;
    align();
  }
  return address;
}

Status Hdf5Layout::add_attribute(const std::string& name, const Hdf5Value& value, std::vector<Message>* messages) {
  ASSIGN_OR_RETURN(const Hdf5Type type, hdf5_type_of(value));
  std::string type_bytes;
  append_hdf5_type(type, &type_bytes);
  const std::string shape = shape_message(value.tensor.shape());
  std::string message;
  append_number(&message, 1, 2);
  append_number(&message, name.size() + 1, 2);
  append_number(&message, type_bytes.size(), 2);
  append_number(&message, shape.size(), 2);
  for (const std::string& part : {name + '\0', type_bytes, shape}) {
    message += part;
    fill_up(&message);
  }
  message += encode(type, value);
  if (message.size() > kMostMessage) {
    return invalid_argument("Unable to create attribute (object header message is too large): {} has {} bytes", name,
                            message.size());
  }
  messages->push_back({kAttribute, std::move(message)});
  return OkStatus();
}

Status Hdf5Layout::add_dataset(const Hdf5Value& value, std::vector<Message>* messages) {
  ASSIGN_OR_RETURN(const Hdf5Type type, hdf5_type_of(value));
  messages->push_back({kDataspace, shape_message(value.tensor.shape())});
  messages->push_back({kDatatype, {}});
  append_hdf5_type(type, &messages->back().bytes);
  messages->push_back({kFillValue, std::string("\2\2\2\1\0\0\0\0", 8)});  // room when it is written; zeros
  const uint64_t size = static_cast<uint64_t>(value.tensor.num_elements()) * type.size;
  uint64_t address = size > 0 ? 0 : kNoAddress;
  if (size > 0 && !is_number(value)) {
    const std::string bytes = encode(type, value);
    align();
    address = out_.size();
    out_ += bytes;
  }
  std::string layout = "\3\1";  // in one piece
  append_number(&layout, address, 8);
  append_number(&layout, size, 8);
  messages->push_back({kLayout, std::move(layout)});
  return OkStatus();
}

Status Hdf5Layout::add_object(const Hdf5Writer::Node& node, uint64_t* address, std::pair<uint64_t, uint64_t>* group) {
  std::vector<Message> messages;
  if (node.dataset) {
    RETURN_IF_ERROR(add_dataset(*node.dataset, &messages));
  } else {
    RETURN_IF_ERROR(add_group(node, group));
    messages.push_back({kSymbolTable, {}});
    append_number(&messages.back().bytes, group->first, 8);
    append_number(&messages.back().bytes, group->second, 8);
  }
  for (const auto& [name, value] : node.attributes) RETURN_IF_ERROR(add_attribute(name, value, &messages));
  *address = add_header(messages);
  if (node.dataset && node.dataset->tensor.num_elements() > 0 && is_number(*node.dataset)) {
    size_t layout = *address + kObjectPrefixBytes;
    for (size_t i = 0; messages[i].type != kLayout; ++i) layout += kMessagePrefixBytes + (messages[i].bytes.size() + 7) / 8 * 8;
    unplaced_.emplace_back(layout + kMessagePrefixBytes + 2, &node.dataset->tensor);
  }
  return OkStatus();
}

// The tree and the names of a group: symbols in tables of a few, by name, and above them nodes of a tree.
Status Hdf5Layout::add_group(const Hdf5Writer::Node& node, std::pair<uint64_t, uint64_t>* group) {
  struct Child {
    uint64_t address, last_name;  // last_name: where in the heap the last of its names is
  };
  std::string names(8, '\0'), symbols;
  std::vector<Child> children;
  size_t in_table = 0;
  const auto end_table = [&] {
    if (in_table == 0) return;
    align();
    children.back().address = out_.size();
    out_.append("SNOD\1\0", 6);
    append_number(&out_, in_table, 2);
    symbols.resize(kMostSymbols * kSymbolBytes);
    out_ += symbols;
    symbols.clear();
    in_table = 0;
  };
  for (const auto& [name, member] : node.members) {
    uint64_t address = 0;
    std::pair<uint64_t, uint64_t> inner;
    RETURN_IF_ERROR(add_object(*member, &address, &inner));
    if (in_table == kMostSymbols) end_table();
    if (in_table == 0) children.push_back({});
    children.back().last_name = names.size();
    append_number(&symbols, names.size(), 8);
    append_number(&symbols, address, 8);
    append_number(&symbols, member->dataset ? kPlain : kGroup, 8);
    append_number(&symbols, member->dataset ? 0 : inner.first, 8);
    append_number(&symbols, member->dataset ? 0 : inner.second, 8);
    ++in_table;
    names += name + '\0';
    fill_up(&names);
  }
  end_table();
  align();
  group->second = out_.size();
  out_.append("HEAP\0\0\0\0", 8);
  append_number(&out_, names.size(), 8);
  append_number(&out_, kNoFreeSpace, 8);
  append_number(&out_, group->second + kHeapBytes, 8);
  out_ += names;
  constexpr size_t kNodeBytes = kTreeBytes + 16 * kMostChildren + 8;
  for (uint64_t level = 0;; ++level) {
    std::vector<Child> parents;
    uint64_t first_name = 0;
    size_t begin = 0;
    do {
      const size_t count = std::min(children.size() - begin, kMostChildren);
      const uint64_t address = out_.size();
      out_.append("TREE\0", 5);
      append_number(&out_, level, 1);
      append_number(&out_, count, 2);
      append_number(&out_, begin == 0 ? kNoAddress : address - kNodeBytes, 8);
      append_number(&out_, begin + count == children.size() ? kNoAddress : address + kNodeBytes, 8);
      append_number(&out_, first_name, 8);
      for (size_t i = begin; i < begin + count; ++i) {
        append_number(&out_, children[i].address, 8);
        append_number(&out_, first_name = children[i].last_name, 8);
      }
      out_.resize(address + kNodeBytes);
      parents.push_back({address, first_name});
      begin += count;
    } while (begin < children.size());
    if (parents.size() == 1) {
      group->first = parents[0].address;
      return OkStatus();
    }
    children = std::move(parents);
  }
}

Status Hdf5Layout::add_root(const Hdf5Writer::Node& root) {
  out_.assign(kSuperblockBytes, '\0');
  uint64_t address = 0;
  std::pair<uint64_t, uint64_t> group;
  RETURN_IF_ERROR(add_object(root, &address, &group));
  align();
  uint64_t end = out_.size();
  for (const auto& [place, tensor] : unplaced_) {
    for (size_t i = 0; i < 8; ++i) out_[place + i] = static_cast<char>(end >> (8 * i));
    numbers_.emplace_back(end, tensor);
    end += (static_cast<uint64_t>(tensor->size_bytes()) + 7) / 8 * 8;
  }
  std::string superblock(kSignature);
  append_number(&superblock, 0, 5);                        // versions
  append_number(&superblock, 8, 1);                        // bytes of addresses
  append_number(&superblock, 8, 2);                        // and of sizes
  append_number(&superblock, kMostSymbols / 2, 2);
  append_number(&superblock, kMostChildren / 2, 2);
  append_number(&superblock, 0, 4 + 8);                    // flags, and the address that others count from
  append_number(&superblock, kNoAddress, 8);               // of free space
  append_number(&superblock, end, 8);
  append_number(&superblock, kNoAddress, 8);               // of drivers
  append_number(&superblock, 0, 8);                        // the root's name
  append_number(&superblock, address, 8);
  append_number(&superblock, kGroup, 8);
  append_number(&superblock, group.first, 8);
  append_number(&superblock, group.second, 8);
  std::memcpy(out_.data(), superblock.data(), superblock.size());
  return OkStatus();
}

}  // namespace reflow::formats
