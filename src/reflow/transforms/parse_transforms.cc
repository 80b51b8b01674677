#include <cctype>
#include <charconv>

#include "reflow/transforms/transform.h"

namespace reflow::transforms {
namespace {

class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool at_end() {
    skip_blanks();
    return rest_.empty();
  }
  bool take(char c) {
    skip_blanks();
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  Status expect(char c) {
    if (take(c)) return OkStatus();
    return invalid_argument("Looking for {}, but found {}", c, rest_);
  }
  StatusOr<std::string> word(std::string_view what, std::string_view also_allowed) {
    skip_blanks();
    size_t n = 0;
    while (n < rest_.size() && (std::isalnum(static_cast<unsigned char>(rest_[n])) || also_allowed.find(rest_[n]) != std::string_view::npos)) ++n;
    if (n == 0) return invalid_argument("Looking for {}, but found {}", what, rest_);
    const std::string found(rest_.substr(0, n));
    rest_.remove_prefix(n);
    return found;
  }
  StatusOr<std::string> value() {
    if (!take('"')) return word("parameter value", "_-./:*");
    const size_t end = rest_.find('"');
    if (end == std::string_view::npos) return invalid_argument("Looking for \", but found {}", rest_);
    const std::string found(rest_.substr(0, end));
    rest_.remove_prefix(end + 1);
    return found;
  }

 private:
  void skip_blanks() {
    while (!rest_.empty() && std::isspace(static_cast<unsigned char>(rest_.front()))) rest_.remove_prefix(1);
  }
  std::string_view rest_;
};

}  // namespace

StatusOr<std::string> TransformCall::one(const std::string& parameter, std::string_view otherwise) const {
  const auto it = parameters.find(parameter);
  if (it == parameters.end()) return std::string(otherwise);
  if (it->second.size() == 1) return it->second.front();
  return invalid_argument("{}: parameter {} is given {} times", name, parameter, it->second.size());
}

StatusOr<bool> TransformCall::flag(const std::string& parameter, bool otherwise) const {
  const StatusOr<std::string> text = one(parameter, otherwise ? "true" : "false");
  if (!text.ok()) return text.status();
  if (*text == "true" || *text == "1") return true;
  if (*text == "false" || *text == "0") return false;
  return invalid_argument("{}: {} is true or false, not '{}'", name, parameter, *text);
}

StatusOr<int64_t> TransformCall::number(const std::string& parameter, int64_t otherwise) const {
  ASSIGN_OR_RETURN(const std::string text, one(parameter, std::to_string(otherwise)));
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size()) return value;
  return invalid_argument("{}: {} is a whole number, not '{}'", name, parameter, text);
}

StatusOr<std::vector<TransformCall>> parse_transforms(std::string_view text) {
  std::vector<TransformCall> calls;
  Scanner scanner(text);
  while (!scanner.at_end()) {
    TransformCall call;
    ASSIGN_OR_RETURN(call.name, scanner.word("transform name", "_"));
    if (scanner.take('(') && !scanner.take(')')) {
      do {
        ASSIGN_OR_RETURN(const std::string parameter, scanner.word("parameter name", "_"));
        RETURN_IF_ERROR(scanner.expect('='));
        ASSIGN_OR_RETURN(std::string value, scanner.value());
        call.parameters[parameter].push_back(std::move(value));
      } while (scanner.take(','));
      RETURN_IF_ERROR(scanner.expect(')'));
    }
    calls.push_back(std::move(call));
  }
  return calls;
}

}  // namespace reflow::transforms
