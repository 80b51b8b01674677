#pragma once

// Defaults for the options of functions within a scope: tf.contrib.framework.arg_scope. Options that take part have
// std::optional members, which are unset where the caller says nothing, and name them in fields().

#include <optional>
#include <tuple>
#include <utility>
#include <vector>

namespace reflow::contrib::framework {

template <typename Options>
std::vector<Options>& arg_scopes() {
  thread_local std::vector<Options> scopes;
  return scopes;
}

// `options`, with what they leave unset taken from the scopes around the call.
template <typename Options>
Options with_arg_scope(Options options) {
  const std::vector<Options>& scopes = arg_scopes<Options>();
  if (scopes.empty()) return options;
  Options outer = scopes.back();
  auto mine = options.fields();
  auto others = outer.fields();
  const auto fill = [&]<size_t... I>(std::index_sequence<I...>) {
    const auto one = [](auto& member, auto& other) {
      if (!member) member = other;
    };
    (one(std::get<I>(mine), std::get<I>(others)), ...);
  };
  fill(std::make_index_sequence<std::tuple_size_v<decltype(mine)>>());
  return options;
}

// Whether functions that take these options look for their defaults in scopes.
template <typename Options>
constexpr bool has_arg_scope() {
  return requires(Options options) { options.fields(); };
}

// The defaults that hold now for functions with these options; unset: there are none.
template <typename Options>
std::optional<Options> current_arg_scope() {
  const std::vector<Options>& scopes = arg_scopes<Options>();
  return scopes.empty() ? std::nullopt : std::optional<Options>(scopes.back());
}

// Until it dies, calls of this thread that take `Options` and leave a member unset find it here:
//   arg_scope<Conv2dOptions> scope({.padding = "VALID", .weights_regularizer = l2_regularizer(0.05)});
// Scopes nest; inner ones are asked first.
template <typename Options>
class [[nodiscard]] arg_scope {
 public:
  explicit arg_scope(Options options) { arg_scopes<Options>().push_back(with_arg_scope(std::move(options))); }
  ~arg_scope() { arg_scopes<Options>().pop_back(); }
  arg_scope(const arg_scope&) = delete;
  arg_scope& operator=(const arg_scope&) = delete;
};

}  // namespace reflow::contrib::framework
