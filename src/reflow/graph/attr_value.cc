#include "reflow/graph/attr_value.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>

namespace reflow::graph {
namespace {

template <typename... Fs>
struct Overloaded : Fs... {
  using Fs::operator()...;
};
template <typename... Fs>
Overloaded(Fs...) -> Overloaded<Fs...>;

// `text` as the runtime quotes strings: C escapes for what isn't printable, the middle of long ones left out.
std::string quoted(const std::string& text) {
  constexpr size_t kLongest = 80;
  const auto escape = [](std::string_view part) {
    std::string out;
    for (const unsigned char c : part) {
      switch (c) {
        case '\n': out += "\\n"; break;
        case '\r': out += "\\r"; break;
        case '\t': out += "\\t"; break;
        case '"': out += "\\\""; break;
        case '\'': out += "\\'"; break;
        case '\\': out += "\\\\"; break;
        default:
          if (c < 0x20 || c >= 0x7f) out += fmt::format("\\{:03o}", c);
          else out += static_cast<char>(c);
      }
    }
    return out;
  };
  std::string escaped = escape(text);
  if (escaped.size() >= kLongest) {
    const std::string_view all = escaped;
    escaped = fmt::format("{}...{}", all.substr(0, kLongest / 2 - 3), all.substr(all.size() - (kLongest / 2 - 3)));
  }
  return '"' + escaped + '"';
}

std::string str_of(const std::string& v) { return quoted(v); }
std::string str_of(int64_t v) { return fmt::format("{}", v); }
std::string str_of(float v) { return fmt::format("{}", v); }
std::string str_of(bool v) { return v ? "true" : "false"; }
std::string str_of(DType v) { return dtype_enum_name(v); }
std::string str_of(const Shape& v) { return v.str(); }
std::string str_of(const Tensor& v) { return v.valid() ? v.debug_string() : "<Invalid TensorProto>"; }
std::string str_of(const NameAttrList& v) {
  std::string out = v.name + "[";
  bool first = true;
  if (v.attrs) {
    for (const auto& [name, value] : *v.attrs) {
      if (!first) out += ", ";
      first = false;
      out += name + "=" + value.str();
    }
  }
  return out + "]";
}

template <typename T>
std::string str_of(const std::vector<T>& list) {
  constexpr size_t kLongest = 15;
  std::vector<std::string> pieces;
  for (const auto& element : list) pieces.push_back(str_of(static_cast<const T&>(element)));
  if (pieces.size() >= kLongest) {
    pieces.erase(pieces.begin() + 5, pieces.end() - 5);
    pieces.insert(pieces.begin() + 5, "...");
  }
  return fmt::format("[{}]", fmt::join(pieces, ", "));
}

bool same(const Tensor& a, const Tensor& b) {
  if (a.dtype() != b.dtype()) return false;
  if (!a.valid()) return true;
  if (!(a.shape() == b.shape())) return false;
  if (a.dtype() == DType::kString) return std::ranges::equal(a.flat<std::string>(), b.flat<std::string>());
  if (!is_plain(a.dtype())) return a.shares_buffer(b) || a.num_elements() == 0;
  return a.size_bytes() == 0 || std::memcmp(a.raw_data(), b.raw_data(), a.size_bytes()) == 0;
}
bool same(const NameAttrList& a, const NameAttrList& b) {
  static const AttrMap kNone;
  return a.name == b.name && (a.attrs ? *a.attrs : kNone) == (b.attrs ? *b.attrs : kNone);
}
// By their bits: NaN is equal to itself then, and -0 isn't equal to 0.
bool same(float a, float b) { return std::bit_cast<uint32_t>(a) == std::bit_cast<uint32_t>(b); }
template <typename T>
bool same(const T& a, const T& b) {
  return a == b;
}
template <typename T>
bool same_list(const std::vector<T>& a, const std::vector<T>& b) {
  return std::ranges::equal(a, b, [](const T& x, const T& y) { return same(x, y); });
}
bool same(const std::vector<float>& a, const std::vector<float>& b) { return same_list(a, b); }
bool same(const std::vector<Tensor>& a, const std::vector<Tensor>& b) { return same_list(a, b); }
bool same(const std::vector<NameAttrList>& a, const std::vector<NameAttrList>& b) { return same_list(a, b); }

}  // namespace

std::string AttrValue::kind() const {
  static constexpr const char* kKinds[] = {
      "",           "string",    "int",         "float",      "bool",       "type",       "shape",       "tensor",       "func",
      "placeholder", "list(any)", "list(string)", "list(int)", "list(float)", "list(bool)", "list(type)", "list(shape)", "list(tensor)",
      "list(func)"};
  static_assert(std::size(kKinds) == std::variant_size_v<Variant>);
  return kKinds[value_.index()];
}

int64_t AttrValue::list_size() const {
  return std::visit(
      []<typename T>(const T& v) -> int64_t {
        if constexpr (requires { typename T::allocator_type; } && !std::is_same_v<T, std::string>) return static_cast<int64_t>(v.size());
        else return 0;
      },
      value_);
}

std::string AttrValue::str() const {
  return std::visit(Overloaded{[](std::monostate) { return std::string("<Unknown AttrValue type>"); },
                               [](const AttrPlaceholder& v) { return "$" + v.name; },
                               [](EmptyList) { return std::string("[]"); },
                               [](const auto& v) { return str_of(v); }},
                    value_);
}

bool AttrValue::operator==(const AttrValue& other) const {
  if (value_.index() != other.value_.index()) return false;
  return std::visit(
      [&other](const auto& v) { return same(v, *std::get_if<std::remove_cvref_t<decltype(v)>>(&other.value_)); }, value_);
}

const AttrValue* AttrMap::find(std::string_view name) const {
  for (const Entry& entry : entries_) {
    if (entry.first == name) return &entry.second;
  }
  return nullptr;
}

void AttrMap::set(std::string_view name, AttrValue value) {
  const auto it = std::ranges::lower_bound(entries_, name, {}, [](const Entry& e) -> std::string_view { return e.first; });
  if (it != entries_.end() && it->first == name) it->second = std::move(value);
  else entries_.emplace(it, std::string(name), std::move(value));
}

void AttrMap::erase(std::string_view name) {
  std::erase_if(entries_, [name](const Entry& entry) { return entry.first == name; });
}

}  // namespace reflow::graph
