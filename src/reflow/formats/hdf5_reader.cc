#include "reflow/formats/hdf5_reader.h"

#include <algorithm>
#include <optional>

#include "reflow/formats/byte_order.h"
#include "reflow/formats/hdf5_format.h"
#include "reflow/formats/hdf5_values.h"
#include "reflow/io/varint.h"
#include "reflow/tensor/checked_size.h"

namespace reflow::formats {
namespace {

using namespace hdf5;  // NOLINT: the names of the format

constexpr uint64_t kMostUnwritten = 64 << 20;  // bytes of a dataset that was never written, and reads as zeros

// Nothing: damaged, or of more dimensions than tensors have.
std::optional<Shape> parse_shape(std::string_view message) {
  Hdf5Cursor cursor(message);
  const uint64_t version = cursor.number(1), rank = cursor.number(1);
  cursor.bytes(1);  // whether there are greatest dimensions
  const uint64_t kind = version == 2 ? cursor.number(1) : 1;
  if (version == 1) cursor.bytes(5);
  if (version != 1 && version != 2) return std::nullopt;
  if (kind == 2) return Shape{0};  // h5py.Empty
  if (rank > 32) return std::nullopt;
  std::vector<int64_t> dims;
  for (uint64_t i = 0; i < rank; ++i) dims.push_back(static_cast<int64_t>(cursor.number(8)));
  if (!cursor.ok()) return std::nullopt;
  Shape shape(dims);
  return checked_num_elements(shape).ok() ? std::optional(std::move(shape)) : std::nullopt;
}

std::string_view up_to_zero(std::string_view text) { return text.substr(0, std::min(text.find('\0'), text.size())); }

}  // namespace

StatusOr<std::unique_ptr<Hdf5Reader>> Hdf5Reader::open(std::string_view path) {
  ASSIGN_OR_RETURN(std::unique_ptr<Hdf5Blocks> blocks, Hdf5Blocks::open(path));
  return std::unique_ptr<Hdf5Reader>(new Hdf5Reader(std::move(blocks)));
}

StatusOr<std::vector<Hdf5Reader::Message>> Hdf5Reader::messages_at(uint64_t address) const {
  ASSIGN_OR_RETURN(const std::string prefix, blocks_->bytes(address, kObjectPrefixBytes));
  if (prefix.substr(0, 4) == "OHDR") {
    return unimplemented("{}: HDF5 objects of version 2 (libver='latest') can't be read", blocks_->path());
  }
  if (prefix[0] != 1) return blocks_->damaged(address, "no object");
  std::vector<std::pair<uint64_t, uint64_t>> blocks = {{address + kObjectPrefixBytes, io::fixed32_at(prefix.data() + 8)}};
  std::vector<Message> messages;
  uint64_t total = 0;
  for (size_t i = 0; i < blocks.size(); ++i) {
    const auto [at, size] = blocks[i];
    if ((total += size) > blocks_->size_bytes()) return blocks_->damaged(address, "an object larger than the file");
    ASSIGN_OR_RETURN(const std::string block, blocks_->bytes(at, size));
    Hdf5Cursor cursor(block);
    while (cursor.rest().size() >= kMessagePrefixBytes) {
      Message message;
      message.type = static_cast<uint16_t>(cursor.number(2));
      const uint64_t length = cursor.number(2);
      message.shared = (cursor.number(1) & 2) != 0;
      cursor.bytes(3);
      message.bytes = std::string(cursor.bytes(length));
      if (!cursor.ok()) return blocks_->damaged(at, "a message longer than its object");
      if (message.type != kContinuation) {
        messages.push_back(std::move(message));
        continue;
      }
      Hdf5Cursor continuation(message.bytes);
      const uint64_t next = continuation.number(8);
      blocks.emplace_back(next, continuation.number(8));
      if (!continuation.ok() || blocks.back().second == 0) return blocks_->damaged(at, "a continuation of an object");
    }
  }
  return messages;
}

StatusOr<Hdf5Object> Hdf5Reader::object_at(uint64_t address) const {
  ASSIGN_OR_RETURN(const std::vector<Message> messages, messages_at(address));
  Hdf5Object object;
  bool has_type = false, has_shape = false, has_layout = false;
  Status layout;
  Hdf5Values values(*blocks_);
  for (const Message& message : messages) {
    Hdf5Cursor cursor(message.bytes);
    switch (message.type) {
      case kSymbolTable: {
        const uint64_t tree = cursor.number(8), names = cursor.number(8);
        if (!cursor.ok()) return blocks_->damaged(address, "a table of symbols");
        object.is_group = true;
        RETURN_IF_ERROR(read_members(tree, names, &object));
        break;
      }
      case kDatatype:
        has_type = true;
        object.type = message.shared ? StatusOr<Hdf5Type>(unimplemented("HDF5: named datatypes can't be read"))
                                     : parse_hdf5_type(message.bytes);
        break;
      case kDataspace: {
        std::optional<Shape> shape = parse_shape(message.bytes);
        if (!shape) return blocks_->damaged(address, "a shape");
        object.shape = *std::move(shape);
        has_shape = true;
        break;
      }
      case kLayout:
        has_layout = true;
        layout = read_layout(message.bytes, &object);
        break;
      case kFilters: layout = unimplemented("HDF5: compressed datasets can't be read"); break;
      case kAttribute: RETURN_IF_ERROR(read_attribute(message.bytes, &values, &object)); break;
      case kLink: case kLinkInfo: case kAttributeInfo:
        return unimplemented("{}: HDF5 groups of version 2 (libver='latest') can't be read", blocks_->path());
      default: break;
    }
  }
  if (object.is_group) return object;
  if (!has_type || !has_shape || !has_layout) return blocks_->damaged(address, "an object that is neither group nor dataset");
  if (object.type.ok() && !layout.ok()) object.type = layout;
  return object;
}

Status Hdf5Reader::read_layout(std::string_view message, Hdf5Object* dataset) const {
  Hdf5Cursor cursor(message);
  const uint64_t version = cursor.number(1), kind = cursor.number(1);
  if (version < 3 || version > 4 || kind > 1) return unimplemented("HDF5: datasets in chunks can't be read");
  if (kind == 0) {
    dataset->compact = std::string(cursor.bytes(cursor.number(2)));
    dataset->data_size = dataset->compact.size();
  } else {
    dataset->data_address = cursor.number(8);
    dataset->data_size = cursor.number(8);
  }
  return cursor.ok() ? OkStatus() : data_loss("Damaged HDF5 file {}: where a dataset lies", blocks_->path());
}

Status Hdf5Reader::read_members(uint64_t tree, uint64_t names, Hdf5Object* group) const {
  ASSIGN_OR_RETURN(const std::string heap, blocks_->bytes(names, kHeapBytes));
  Hdf5Cursor cursor(heap);
  if (cursor.bytes(4) != "HEAP") return blocks_->damaged(names, "no heap of names");
  cursor.bytes(4);
  const uint64_t heap_size = cursor.number(8);
  cursor.bytes(8);
  ASSIGN_OR_RETURN(const std::string all_names, blocks_->bytes(cursor.number(8), heap_size));
  struct Node {
    uint64_t address;
    int level;  // -1: not known
  };
  std::vector<Node> nodes = {{tree, -1}};
  for (uint64_t total = 0; !nodes.empty();) {
    const Node node = nodes.back();
    nodes.pop_back();
    ASSIGN_OR_RETURN(const std::string head, blocks_->bytes(node.address, kTreeBytes));
    const int level = static_cast<uint8_t>(head[5]);
    if (head.substr(0, 4) != "TREE" || head[4] != 0 || (node.level >= 0 && level != node.level)) {
      return blocks_->damaged(node.address, "no node of a group");
    }
    const uint64_t count = Hdf5Cursor(std::string_view(head).substr(6)).number(2);
    // A name's offset before and behind each child.
    ASSIGN_OR_RETURN(const std::string entries, blocks_->bytes(node.address + kTreeBytes, 8 + 16 * count));
    for (uint64_t i = 0; i < count; ++i) {
      // Nodes and names of a sound file lie side by side.
      if ((total += 16) > blocks_->size_bytes()) return blocks_->damaged(node.address, "a group larger than the file");
      const uint64_t child = io::fixed64_at(entries.data() + 8 + 16 * i);
      if (level > 0) {
        nodes.push_back({child, level - 1});
      } else {
        RETURN_IF_ERROR(read_symbols(child, all_names, &total, group));
      }
    }
  }
  return OkStatus();
}

Status Hdf5Reader::read_symbols(uint64_t address, std::string_view names, uint64_t* total, Hdf5Object* group) const {
  ASSIGN_OR_RETURN(const std::string head, blocks_->bytes(address, kSymbolTableBytes));
  if (head.substr(0, 4) != "SNOD") return blocks_->damaged(address, "no symbols");
  const uint64_t count = Hdf5Cursor(std::string_view(head).substr(6)).number(2);
  if ((*total += count * kSymbolBytes) > blocks_->size_bytes()) return blocks_->damaged(address, "a group larger than the file");
  ASSIGN_OR_RETURN(const std::string symbols, blocks_->bytes(address + kSymbolTableBytes, count * kSymbolBytes));
  for (uint64_t i = 0; i < count; ++i) {
    Hdf5Cursor cursor(std::string_view(symbols).substr(i * kSymbolBytes));
    const uint64_t name = cursor.number(8), object = cursor.number(8);
    if (name >= names.size()) return blocks_->damaged(address, "a name outside of its heap");
    if (cursor.number(4) == kSoftLink) continue;
    const std::string_view text = up_to_zero(names.substr(name));
    if ((*total += text.size()) > blocks_->size_bytes()) return blocks_->damaged(address, "names longer than the file");
    group->members.emplace(text, object);
  }
  return OkStatus();
}

Status Hdf5Reader::read_attribute(std::string_view message, Hdf5Values* values, Hdf5Object* object) const {
  Hdf5Cursor cursor(message);
  const uint64_t version = cursor.number(1), flags = cursor.number(1);
  const uint64_t name_size = cursor.number(2), type_size = cursor.number(2), shape_size = cursor.number(2);
  if (version == 3) cursor.bytes(1);  // the name's encoding
  const auto part = [&](uint64_t size) { return version == 1 ? cursor.padded(size) : cursor.bytes(size); };
  const std::string_view name = up_to_zero(part(name_size)), type_bytes = part(type_size), shape_bytes = part(shape_size);
  if (version < 1 || version > 3 || !cursor.ok()) {
    return data_loss("Damaged HDF5 file {}: an attribute", blocks_->path());
  }
  const auto value = [&]() -> StatusOr<Hdf5Value> {
    if (version > 1 && flags != 0) return unimplemented("HDF5: attributes of named datatypes can't be read");
    ASSIGN_OR_RETURN(const Hdf5Type type, parse_hdf5_type(type_bytes));
    const std::optional<Shape> shape = parse_shape(shape_bytes);
    if (!shape) return data_loss("Damaged HDF5 file {}: the shape of attribute {}", blocks_->path(), name);
    return values->decode(type, *shape, cursor.rest());
  };
  object->attributes.emplace_back(std::string(name), value());
  return OkStatus();
}

StatusOr<Hdf5Object> Hdf5Reader::member(const Hdf5Object& group, std::string_view name) const {
  const auto found = group.members.find(name);
  if (found == group.members.end()) return not_found("Unable to open object (object '{}' doesn't exist)", name);
  return object_at(found->second);
}

StatusOr<Hdf5Object> Hdf5Reader::find(std::string_view path) const {
  ASSIGN_OR_RETURN(Hdf5Object object, object_at(blocks_->root()));
  while (!path.empty()) {
    const size_t slash = std::min(path.find('/'), path.size());
    const std::string_view name = path.substr(0, slash);
    path.remove_prefix(std::min(slash + 1, path.size()));
    if (name.empty()) continue;
    ASSIGN_OR_RETURN(object, member(object, name));
  }
  return object;
}

StatusOr<Hdf5Value> Hdf5Reader::read(const Hdf5Object& dataset) const {
  if (dataset.is_group) return invalid_argument("A group of an HDF5 file has no values");
  RETURN_IF_ERROR(dataset.type.status());
  const Hdf5Type& type = *dataset.type;
  Hdf5Values values(*blocks_);
  if (!dataset.compact.empty()) return values.decode(type, dataset.shape, dataset.compact);
  ASSIGN_OR_RETURN(const int64_t elements, checked_num_elements(dataset.shape));
  const auto count = static_cast<uint64_t>(elements);
  if (dataset.data_address == kNoAddress && count <= kMostUnwritten / type.size) {
    return values.decode(type, dataset.shape, std::string(count * type.size, '\0'));
  }
  if (count > std::min(dataset.data_size, blocks_->size_bytes()) / type.size) {
    return blocks_->damaged(dataset.data_address, "a dataset of too few bytes");
  }
  if (type.dtype == DType::kString || type.dtype == DType::kBool) {
    ASSIGN_OR_RETURN(const std::string raw, blocks_->bytes(dataset.data_address, count * type.size));
    return values.decode(type, dataset.shape, raw);
  }
  Hdf5Value value;
  ASSIGN_OR_RETURN(value.tensor, allocate_tensor(type.dtype, dataset.shape));
  RETURN_IF_ERROR(blocks_->read(dataset.data_address, count * type.size, static_cast<char*>(value.tensor.raw_data())));
  if (type.big_endian) swap_bytes(value.tensor);
  return value;
}

}  // namespace reflow::formats
