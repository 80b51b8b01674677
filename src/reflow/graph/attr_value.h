#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "reflow/tensor/dtype.h"
#include "reflow/tensor/shape.h"
#include "reflow/tensor/tensor.h"

namespace reflow::graph {

class AttrMap;

// A function's name with the attributes it is instantiated with: an attribute of type "func".
struct NameAttrList {
  std::string name;
  std::shared_ptr<const AttrMap> attrs;  // null: none
};

// A list whose element type isn't known because it is empty (an AttrValue proto can't say it).
struct EmptyList {
  bool operator==(const EmptyList&) const = default;
};

// The name of a function's attribute, to be filled in when the function is instantiated.
struct AttrPlaceholder {
  std::string name;
  bool operator==(const AttrPlaceholder&) const = default;
};

// The value of a node's attribute. Constructors take what C++ code has at hand.
class AttrValue {
 public:
  using Variant = std::variant<std::monostate, std::string, int64_t, float, bool, DType, Shape, Tensor, NameAttrList,
                               AttrPlaceholder, EmptyList, std::vector<std::string>, std::vector<int64_t>,
                               std::vector<float>, std::vector<bool>, std::vector<DType>, std::vector<Shape>,
                               std::vector<Tensor>, std::vector<NameAttrList>>;
  AttrValue() = default;
  AttrValue(std::string v) : value_(std::move(v)) {}
  AttrValue(std::string_view v) : value_(std::string(v)) {}
  AttrValue(const char* v) : value_(std::string(v)) {}
  AttrValue(int v) : value_(int64_t{v}) {}
  AttrValue(int64_t v) : value_(v) {}
  AttrValue(float v) : value_(v) {}
  AttrValue(double v) : value_(static_cast<float>(v)) {}
  AttrValue(bool v) : value_(v) {}
  AttrValue(DType v) : value_(v) {}
  AttrValue(Shape v) : value_(std::move(v)) {}
  AttrValue(Tensor v) : value_(std::move(v)) {}
  AttrValue(NameAttrList v) : value_(std::move(v)) {}
  AttrValue(AttrPlaceholder v) : value_(std::move(v)) {}
  AttrValue(EmptyList v) : value_(v) {}
  template <typename T>
  AttrValue(std::vector<T> v) : value_(std::move(v)) {}
  AttrValue(const std::vector<int>& v) : value_(std::vector<int64_t>(v.begin(), v.end())) {}

  const Variant& variant() const { return value_; }
  bool set() const { return value_.index() != 0; }
  // The value as a T of the variant; null when it is something else.
  template <typename T>
  const T* get() const { return std::get_if<T>(&value_); }
  // "int", "list(type)", ...: the name of its kind in op definitions.
  std::string kind() const;
  // How many elements a list has; 0 for what is no list.
  int64_t list_size() const;
  // As the runtime prints it: 3, "s", DT_FLOAT, [2,3], [DT_INT32, DT_FLOAT].
  std::string str() const;
  // Same kind and same value; tensors are compared by type, shape and bytes.
  bool operator==(const AttrValue& other) const;

 private:
  Variant value_;
};

// The attributes of a node, ordered by name.
class AttrMap {
 public:
  using Entry = std::pair<std::string, AttrValue>;
  AttrMap() = default;
  AttrMap(std::initializer_list<Entry> entries) { for (const auto& e : entries) set(e.first, e.second); }
  const AttrValue* find(std::string_view name) const;
  void set(std::string_view name, AttrValue value);
  void erase(std::string_view name);
  bool empty() const { return entries_.empty(); }
  size_t size() const { return entries_.size(); }
  std::vector<Entry>& entries() { return entries_; }  // names have to stay
  auto begin() const { return entries_.begin(); }
  auto end() const { return entries_.end(); }
  bool operator==(const AttrMap& other) const { return entries_ == other.entries_; }

 private:
  std::vector<Entry> entries_;
};

}  // namespace reflow::graph
